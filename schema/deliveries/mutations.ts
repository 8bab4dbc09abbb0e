import { BATCH_SIZE } from "../../src/domain/deliveries/batches.ts";
import { fromTypeIds } from "../../src/domain/id.ts";
import type { Message } from "../../src/domain/messages/message.ts";
import { type RefusedDelivery } from "../../src/domain/messages/delivery_verb.ts";
import { resolveDeliveries, type ResolveResult } from "../../src/domain/messages/resolve.ts";
import { retryDeliveries, type RetryResult } from "../../src/domain/messages/retry.ts";
import type { DeliverySelection } from "../../src/domain/messages/selection.ts";
import type { SkippedCount } from "../../src/domain/skipped.ts";
import { builder } from "../kit/builder.ts";
import { SkippedCountObject } from "../kit/skipped_count.ts";
import { DeliveryNode } from "./delivery.ts";
import { DeliveryFilter, deliveryFilter } from "./queries.ts";
import { MessageNode } from "../messages/message.ts";

const IDS = "Ids of deliveries, 1 to 1,000: dlv_…";
const FILTER = "Filter of the deliveries, with at least one field.";

const RetryDeliveriesInput = builder.inputType("RetryDeliveriesInput", {
  description: "Selection of failed deliveries to retry: either `ids` or `filter`.",
  fields: (t) => ({
    ids: t.idList({ description: IDS }),
    filter: t.field({ type: DeliveryFilter, description: FILTER }),
    force: t.boolean({
      required: true,
      defaultValue: false,
      description:
        "True, with `ids` only: also retry deliveries with a permanent error or without attempts " +
        "left, and SUPPRESSED ones, which become SUPPRESSED again while their recipients are on " +
        "the suppression list; see `removeSuppressions`.",
    }),
  }),
});

const Resolution = builder.enumType("Resolution", {
  description: "Resolution of an UNKNOWN delivery.",
  values: {
    SENT: { description: "The message arrived; the delivery becomes SENT." },
    RESEND: { description: "The message is sent again; the recipient may get it twice." },
  },
});

const ResolveDeliveriesInput = builder.inputType("ResolveDeliveriesInput", {
  description: "Selection of UNKNOWN deliveries to resolve: either `ids` or `filter`.",
  fields: (t) => ({
    ids: t.idList({ description: IDS }),
    filter: t.field({ type: DeliveryFilter, description: FILTER }),
    as: t.field({
      type: Resolution,
      required: true,
      description: "Resolution of all selected deliveries.",
    }),
  }),
});

const BatchSummary = builder.objectRef<RetryResult>("BatchSummary").implement({
  description: "Batches that were created.",
  fields: (t) => ({
    total: t.exposeInt("batchCount", { description: "Number of batches." }),
    size: t.int({
      description: "Maximum number of deliveries in a batch.",
      resolve: () => BATCH_SIZE,
    }),
    startNumber: t.exposeInt("startNumber", {
      nullable: true,
      description:
        "Number of the first batch within its message; null if there is no batch, or if the " +
        "batches belong to several messages.",
    }),
  }),
});

const RefusedDeliveryObject = builder.objectRef<RefusedDelivery>("RefusedDelivery").implement({
  description: "Delivery that the mutation refused to change.",
  fields: (t) => ({
    delivery: t.field({
      type: DeliveryNode,
      description: "The unchanged delivery.",
      resolve: ({ delivery }) => delivery,
    }),
    reason: t.exposeString("reason", { description: "Explanation in English." }),
  }),
});

const REFUSED = "Refused deliveries with the reason, the first 1,000.";
const REFUSED_COUNT = "Number of refused deliveries.";
const SKIPPED = "All refused deliveries, counted by reason, most frequent first.";

const RetryDeliveriesPayload = builder.objectRef<RetryResult>("RetryDeliveriesPayload").implement({
  description: "Result of `retryDeliveries`.",
  fields: (t) => ({
    queuedCount: t.exposeInt("queuedCount", {
      description: "Number of deliveries that were queued for another attempt.",
    }),
    batches: t.field({
      type: BatchSummary,
      description: "New batches of these deliveries.",
      resolve: (result) => result,
    }),
    refused: t.field({
      type: [RefusedDeliveryObject],
      description:
        `${REFUSED} With a filter: of the matching FAILED, BOUNCED, UNKNOWN and SUPPRESSED ones.`,
      resolve: ({ refused }) => [...refused],
    }),
    refusedCount: t.exposeInt("refusedCount", { description: REFUSED_COUNT }),
    skipped: t.field({
      type: [SkippedCountObject],
      description: SKIPPED,
      resolve: ({ skipped }): SkippedCount[] => [...skipped],
    }),
    messages: t.field({
      type: [MessageNode],
      description: "Messages of the queued deliveries: SENDING again, or still PAUSED.",
      resolve: ({ messages }): Message[] => [...messages],
    }),
  }),
});

const ResolveDeliveriesPayload = builder
  .objectRef<ResolveResult>("ResolveDeliveriesPayload")
  .implement({
    description: "Result of `resolveDeliveries`.",
    fields: (t) => ({
      resolvedCount: t.exposeInt("resolvedCount", {
        description: "Number of deliveries that are no longer UNKNOWN.",
      }),
      refused: t.field({
        type: [RefusedDeliveryObject],
        description: REFUSED,
        resolve: ({ refused }) => [...refused],
      }),
      refusedCount: t.exposeInt("refusedCount", { description: REFUSED_COUNT }),
      skipped: t.field({
        type: [SkippedCountObject],
        description: SKIPPED,
        resolve: ({ skipped }): SkippedCount[] => [...skipped],
      }),
      messages: t.field({
        type: [MessageNode],
        description: "Messages of the changed deliveries.",
        resolve: ({ messages }): Message[] => [...messages],
      }),
    }),
  });

builder.mutationFields((t) => ({
  retryDeliveries: t.field({
    type: RetryDeliveriesPayload,
    nullable: true,
    errors: {},
    description:
      "Retries FAILED and BOUNCED deliveries that are `retryable`, in a new round of their " +
      "messages; an ended message becomes SENDING again. PENDING deliveries that wait for their " +
      "next attempt are sent at once. Other deliveries are not changed (see " +
      "`refused`), so a repeated call queues nothing twice. Refuses both or neither of `ids` and " +
      "`filter`, and `force` without `ids`, with InvalidInputError, and unknown ids with " +
      "NotFoundError; nothing is queued then.",
    args: {
      input: t.arg({
        type: RetryDeliveriesInput,
        required: true,
        description: "Deliveries to retry.",
      }),
    },
    resolve: (_root, { input }, { services, caller }) =>
      retryDeliveries(services, caller, { ...selectionOf(input), force: input.force }),
  }),
  resolveDeliveries: t.field({
    type: ResolveDeliveriesPayload,
    nullable: true,
    errors: {},
    description:
      "Resolves UNKNOWN deliveries, which may have been sent: marks them SENT, or sends them " +
      "again. Other deliveries, and resending for a CANCELLED message, are refused (see " +
      "`refused`). Refuses both or neither of `ids` and `filter` with InvalidInputError, and " +
      "unknown ids with NotFoundError; nothing is changed then.",
    args: {
      input: t.arg({
        type: ResolveDeliveriesInput,
        required: true,
        description: "Deliveries to resolve, and the resolution.",
      }),
    },
    resolve: (_root, { input }, { services, caller }) =>
      resolveDeliveries(services, caller, { ...selectionOf(input), as: input.as }),
  }),
}));

function selectionOf(
  { ids, filter }: {
    readonly ids?: readonly string[] | null;
    readonly filter?: typeof DeliveryFilter.$inferInput | null;
  },
): DeliverySelection {
  return {
    ids: ids && fromTypeIds("delivery", ids, ["ids"]),
    filter: filter && deliveryFilter(filter),
  };
}
