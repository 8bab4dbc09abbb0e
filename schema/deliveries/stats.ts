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
  description: "How far a message has come. The counts by state add up to the total.",
  fields: (t) => ({
    total: t.exposeInt("total", { description: "All recipients." }),
    pending: t.exposeInt("pending", { description: "Wait to be sent." }),
    sending: t.exposeInt("sending", { description: "Are in flight." }),
    sent: t.exposeInt("sent", { description: "The provider has taken them." }),
    failed: t.exposeInt("failed", { description: "Their newest attempt failed." }),
    cancelled: t.exposeInt("cancelled", { description: "Did not go out any more." }),
    unknown: t.exposeInt("unknown", { description: "May have gone out: nobody can say." }),
    bounced: t.exposeInt("bounced", { description: "Were sent, and came back." }),
    complained: t.exposeInt("complained", { description: "Arrived, and were called unwanted." }),
    retryable: t.exposeInt("retryable", {
      description: "Of the failed and bounced: those that another attempt may mend.",
    }),
    duplicates: t.exposeInt("duplicates", {
      description: "Recipients that were given more than once, and get it once. Not in the total.",
    }),
    successFraction: t.exposeFloat("successFraction", {
      nullable: true,
      description: "Sent ones among those that have ended, 0 to 1; null before the first has.",
    }),
    perSecond: t.exposeFloat("perSecond", {
      nullable: true,
      description:
        "Ended ones a second, since sending, or trying again, began, or went on after a " +
        "pause; null while nothing is being sent.",
    }),
    etaMs: t.int({
      nullable: true,
      description: "Until all have ended, in milliseconds, at that pace; null: no telling.",
      resolve: ({ etaMs }) => etaMs === null ? null : toInt(etaMs),
    }),
  }),
});

export const ErrorTypeCountObject = builder.objectRef<ErrorTypeCount>("ErrorTypeCount").implement({
  description: "How many deliveries failed in the same way.",
  fields: (t) => ({
    errorType: t.expose("errorType", {
      type: DeliveryErrorType,
      description: "What kind of failure.",
    }),
    count: t.exposeInt("count", {
      description: "How many: the failed, unknown, bounced and complained ones together.",
    }),
    retryable: t.exposeInt("retryable", {
      description: "Of these: those that another attempt may mend.",
    }),
  }),
});

export const RetryEffectivenessObject = builder
  .objectRef<AttemptEffect>("RetryEffectiveness")
  .implement({
    description: "What the attempts of one number brought.",
    fields: (t) => ({
      attemptNumber: t.exposeInt("attemptNumber", { description: "1: the first attempts." }),
      sent: t.exposeInt("sent", { description: "How many of them sent their mail." }),
      failed: t.exposeInt("failed", { description: "How many did not." }),
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
