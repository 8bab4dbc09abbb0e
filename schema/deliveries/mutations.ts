import { BATCH_SIZE } from "../../src/domain/deliveries/batches.ts";
import { fromTypeIds } from "../../src/domain/id.ts";
import type { Message } from "../../src/domain/messages/message.ts";
import {
  type RefusedDelivery,
  resolveDeliveries,
  type ResolveResult,
  retryDeliveries,
  type RetryResult,
} from "../../src/domain/messages/retry.ts";
import type { DeliverySelection } from "../../src/domain/messages/selection.ts";
import { builder } from "../kit/builder.ts";
import { DeliveryNode } from "./delivery.ts";
import { DeliveryFilter, deliveryFilter } from "./queries.ts";
import { MessageNode } from "../messages/message.ts";

const IDS = "These, dlv_…: 1 to 1,000. Beside them no filter.";
const FILTER = "Those that fit, with one field at least. Beside it no ids.";

const RetryDeliveriesInput = builder.inputType("RetryDeliveriesInput", {
  description: "Which failed deliveries to try again: by ids, or by a filter.",
  fields: (t) => ({
    ids: t.idList({ description: IDS }),
    filter: t.field({ type: DeliveryFilter, description: FILTER }),
    force: t.boolean({
      required: true,
      defaultValue: false,
      description: "With ids: also those that another attempt is not expected to mend (no such " +
        "recipient …), and those that have used up their attempts. Who is on the suppression list " +
        "gets nothing all the same: see `removeSuppressions`.",
    }),
  }),
});

const Resolution = builder.enumType("Resolution", {
  description: "What a person has decided about a delivery that may have gone out.",
  values: {
    SENT: { description: "It arrived, and counts as sent." },
    RESEND: { description: "Send it again, though somebody may get it twice." },
  },
});

const ResolveDeliveriesInput = builder.inputType("ResolveDeliveriesInput", {
  description: "Which UNKNOWN deliveries to decide about, by ids or by a filter, and how.",
  fields: (t) => ({
    ids: t.idList({ description: IDS }),
    filter: t.field({ type: DeliveryFilter, description: FILTER }),
    as: t.field({ type: Resolution, required: true, description: "The decision." }),
  }),
});

const BatchSummary = builder.objectRef<RetryResult>("BatchSummary").implement({
  description: "The batches that were made.",
  fields: (t) => ({
    total: t.exposeInt("batchCount", { description: "How many." }),
    size: t.int({
      description: "How many recipients one has at most.",
      resolve: () => BATCH_SIZE,
    }),
    startNumber: t.exposeInt("startNumber", {
      nullable: true,
      description: "The number of the first one; null when there is none, or several messages " +
        "have new ones.",
    }),
  }),
});

const RefusedDeliveryObject = builder.objectRef<RefusedDelivery>("RefusedDelivery").implement({
  description: "A delivery that was left as it is.",
  fields: (t) => ({
    delivery: t.field({
      type: DeliveryNode,
      description: "Which one.",
      resolve: ({ delivery }) => delivery,
    }),
    reason: t.exposeString("reason", { description: "For people, in English." }),
  }),
});

const REFUSED = "What was left as it is, and why: the first 1,000.";
const REFUSED_COUNT = "How many were left as they are.";

const RetryDeliveriesPayload = builder.objectRef<RetryResult>("RetryDeliveriesPayload").implement({
  description: "What is tried again.",
  fields: (t) => ({
    queuedCount: t.exposeInt("queuedCount", { description: "How many deliveries wait again." }),
    batches: t.field({
      type: BatchSummary,
      description: "The batches that they wait in.",
      resolve: (result) => result,
    }),
    refused: t.field({
      type: [RefusedDeliveryObject],
      description: `${REFUSED} By a filter, these are failed and unknown ones.`,
      resolve: ({ refused }) => [...refused],
    }),
    refusedCount: t.exposeInt("refusedCount", { description: REFUSED_COUNT }),
    messages: t.field({
      type: [MessageNode],
      description: "The messages that they are of: under way again, or PAUSED still.",
      resolve: ({ messages }): Message[] => [...messages],
    }),
  }),
});

const ResolveDeliveriesPayload = builder
  .objectRef<ResolveResult>("ResolveDeliveriesPayload")
  .implement({
    description: "What was decided.",
    fields: (t) => ({
      resolvedCount: t.exposeInt("resolvedCount", {
        description: "How many are not UNKNOWN any more.",
      }),
      refused: t.field({
        type: [RefusedDeliveryObject],
        description: REFUSED,
        resolve: ({ refused }) => [...refused],
      }),
      refusedCount: t.exposeInt("refusedCount", { description: REFUSED_COUNT }),
      messages: t.field({
        type: [MessageNode],
        description: "The messages that they are of.",
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
      "Tries failed deliveries again: those that another attempt may mend and that have " +
      "one left. What was sent, waits or is UNKNOWN is never touched, and two calls at once queue " +
      "nothing twice. An ended message is SENDING again until these have ended.",
    args: {
      input: t.arg({ type: RetryDeliveriesInput, required: true, description: "Which ones." }),
    },
    resolve: (_root, { input }, { services, caller }) =>
      retryDeliveries(services, caller, { ...selectionOf(input), force: input.force }),
  }),
  resolveDeliveries: t.field({
    type: ResolveDeliveriesPayload,
    nullable: true,
    errors: {},
    description:
      "Decides about deliveries that are UNKNOWN: they may have gone out, and a person has found " +
      "out whether they did, or does not mind that somebody gets it twice.",
    args: {
      input: t.arg({
        type: ResolveDeliveriesInput,
        required: true,
        description: "Which ones, and how.",
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
