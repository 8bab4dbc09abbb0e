import { replyAnswer } from "../support/inbox.ts";
import type { ReceivedAsk } from "../support/model_server.ts";

/** A mail of a customer who asks about an order. */
export const MAIL = {
  messageId: "<second@example.com>",
  references: "<first@example.com>",
  from: "Grace Hopper <grace@example.com>",
  subject: "Where is my order?",
  text: "It has not arrived. See https://example.com/orders/1001?from=mail.\n\n" +
    "<img src=x onerror=alert(1)>\n\n-- \nGrace Hopper, Rear Admiral",
};

/** Reply that the model suggests to it. */
export const SUGGESTED =
  "Hello Grace,\n\nyour order [number of the order] is on its way.\n\nKind regards";
const REVIEW = JSON.stringify({ shortcomings: ["MISSING_FACT"], facts: [] });

/** Answer of the model: a suggested reply with its text last, as the prompt asks, or a shortcoming of an edited one. */
export function answer({ schema, messages }: ReceivedAsk): string {
  if (schema?.name !== "reply") return REVIEW;
  const isFriendlier = JSON.stringify(messages).includes("draft: Friendlier");
  const { text, ...ground } = JSON.parse(replyAnswer({
    text: isFriendlier ? SUGGESTED.replace("Hello", "Dear") : SUGGESTED,
    missing: ["number of the order"],
  }));
  return JSON.stringify({ ...ground, text });
}
