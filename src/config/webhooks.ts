import { z } from "zod";
import { flag, longText, parseList } from "./fields.ts";

const MIN_SECRET_LENGTH = 16;
const TOPIC_ARN = /^arn:aws[\w-]*:sns:[\w-]+:\d+:[\w.-]+$/;

/** Secrets of inbound webhooks, and addresses for outbound ones. A webhook without its secret answers 404. */
export const webhooks = z.object({
  WEBHOOK_SECRET: longText(MIN_SECRET_LENGTH).nullable().default(null),
  MAILGUN_SIGNING_KEY: z.string().nullable().default(null),
  SHOPIFY_WEBHOOK_SECRET: longText(MIN_SECRET_LENGTH).nullable().default(null),
  SNS_TOPIC_ARNS: z.string()
    .refine((text) => parseList(text).every((arn) => TOPIC_ARN.test(arn)), {
      error: "expected ARNs of SNS topics: arn:aws:sns:<region>:<account>:<name>,…",
    })
    .transform(parseList)
    .default([]),
  WEBHOOK_ALLOW_PRIVATE: flag().default(false),
}).transform((values) => ({
  /** Whether events are sent to addresses inside the private network, too. */
  webhookAllowPrivate: values.WEBHOOK_ALLOW_PRIVATE,
  webhooks: {
    secret: values.WEBHOOK_SECRET,
    mailgunSigningKey: values.MAILGUN_SIGNING_KEY,
    shopifySecret: values.SHOPIFY_WEBHOOK_SECRET,
    /** Empty: the webhook of Amazon SES answers 404. */
    snsTopicArns: values.SNS_TOPIC_ARNS,
  },
}));
