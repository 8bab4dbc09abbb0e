import {
  type AttemptEffect,
  type DeliveryStats,
  type ErrorTypeCount,
  readEffectiveness,
  readErrorTypes,
  readStats,
} from "../../src/domain/deliveries/stats.ts";
import type { Services } from "../../src/domain/services.ts";
import { builder } from "../kit/builder.ts";
import { batchLoader } from "../kit/loader.ts";
import { DeliveryErrorType } from "./enums.ts";
import { toInt } from "../kit/scalars.ts";

export const DeliveryStatsObject = builder.objectRef<DeliveryStats>("DeliveryStats").implement({
  description: "Delivery counts of a message. The counts by state add up to `total`.",
  fields: (t) => ({
    total: t.exposeInt("total", { description: "Number of recipients." }),
    pending: t.exposeInt("pending", { description: "Number of PENDING deliveries." }),
    sending: t.exposeInt("sending", { description: "Number of SENDING deliveries." }),
    sent: t.exposeInt("sent", { description: "Number of SENT deliveries." }),
    failed: t.exposeInt("failed", { description: "Number of FAILED deliveries." }),
    cancelled: t.exposeInt("cancelled", { description: "Number of CANCELLED deliveries." }),
    unknown: t.exposeInt("unknown", { description: "Number of UNKNOWN deliveries." }),
    bounced: t.exposeInt("bounced", { description: "Number of BOUNCED deliveries." }),
    complained: t.exposeInt("complained", { description: "Number of COMPLAINED deliveries." }),
    suppressed: t.exposeInt("suppressed", { description: "Number of SUPPRESSED deliveries." }),
    retryable: t.exposeInt("retryable", {
      description: "Number of FAILED and BOUNCED deliveries that are `retryable`.",
    }),
    duplicates: t.exposeInt("duplicates", {
      description:
        "Number of inline recipients that repeat an address; they are not part of `total`.",
    }),
    successFraction: t.exposeFloat("successFraction", {
      nullable: true,
      description:
        "SENT deliveries as a share of all that have ended and are not SUPPRESSED, 0 to 1; null " +
        "before the first.",
    }),
    perSecond: t.exposeFloat("perSecond", {
      nullable: true,
      description:
        "Deliveries ended per second of the current pass in which the message was moving: its " +
        "deliveries were attempted, or waited for a slot of a rate limit. Other waits and the time " +
        "in which no worker runs do not count. Null before the first such second has been " +
        "recorded, and unless the message is PLANNING or SENDING.",
    }),
    etaMs: t.int({
      nullable: true,
      description:
        "Estimated milliseconds of sending until all deliveries have ended, at the rate of " +
        "`perSecond`, without the waits to come; null if that is null or 0.",
      resolve: ({ etaMs }) => etaMs === null ? null : toInt(etaMs),
    }),
  }),
});

export const ErrorTypeCountObject = builder.objectRef<ErrorTypeCount>("ErrorTypeCount").implement({
  description: "Number of deliveries that failed with one error type.",
  fields: (t) => ({
    errorType: t.expose("errorType", {
      type: DeliveryErrorType,
      description: "Kind of failure.",
    }),
    count: t.exposeInt("count", {
      description: "Number of failed, unknown, bounced and complained deliveries.",
    }),
    retryable: t.exposeInt("retryable", {
      description: "Number of these that are `retryable`.",
    }),
  }),
});

export const RetryEffectivenessObject = builder
  .objectRef<Omit<AttemptEffect, "messageId">>("RetryEffectiveness")
  .implement({
    description: "Results of all attempts with one number.",
    fields: (t) => ({
      attemptNumber: t.exposeInt("attemptNumber", {
        description: "Number of the attempt, from 1.",
      }),
      sent: t.exposeInt("sent", {
        description: "Number of these attempts that sent their message.",
      }),
      failed: t.exposeInt("failed", {
        description: "Number of these attempts that failed or are UNKNOWN.",
      }),
    }),
  });

/** Loads the delivery statistics of a message, batched per operation. */
export const statsOf = batchLoader(({ services }, ids) => readStats(services.db, ids));

/** Loads the error counts of a message, batched per operation. */
export const errorTypesOf = batchLoader(({ services }, ids) => errorTypesById(services, ids));

/** Loads the results by attempt number of a message, batched per operation. */
export const effectivenessOf = batchLoader(({ services }, ids) => effectivenessById(services, ids));

/** Reads the error counts of messages, keyed by message id. */
export async function errorTypesById(
  { db }: Services,
  ids: readonly string[],
): Promise<Map<string, ErrorTypeCount[]>> {
  return Map.groupBy(await readErrorTypes(db, ids), ({ messageId }) => messageId);
}

/** Reads the results by attempt number of messages, keyed by message id. */
export async function effectivenessById(
  { db }: Services,
  ids: readonly string[],
): Promise<Map<string, AttemptEffect[]>> {
  return Map.groupBy(await readEffectiveness(db, ids), ({ messageId }) => messageId);
}
