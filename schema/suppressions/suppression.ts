import {
  addSuppressions,
  listSuppressions,
  removeSuppressions,
  suppressionsById,
} from "../../src/domain/suppressions/operations.ts";
import type { Suppression } from "../../src/domain/suppressions/suppression.ts";
import { fromTypeIds, toTypeId } from "../../src/domain/id.ts";
import { builder } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";
import { DeliveryNode } from "../deliveries/delivery.ts";
import { checkFilter } from "../kit/filter.ts";
import { Channel } from "../messages/enums.ts";

const SuppressionReason = builder.enumType("SuppressionReason", {
  description: "Why an address is on the suppression list.",
  values: {
    BOUNCED: { description: "A mail to it came back, and so would the next." },
    COMPLAINED: { description: "Its owner called a mail unwanted." },
    REFUSED: { description: "Its server refused it for good while a mail was being sent." },
    UNSUBSCRIBED: {
      description: "Its owner unsubscribed: it gets nothing more of messages that are " +
        "`unsubscribable`, and everything else.",
    },
    MANUAL: { description: "A person put it there." },
  },
});

/** An address that gets nothing any more. */
export const SuppressionNode = builder.loadableNodeRef("Suppression", {
  id: { resolve: ({ id }: Suppression) => id },
  load: (ids: string[], { services, caller }) => suppressionsById(services, caller, ids),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

SuppressionNode.implement({
  description: "An address that gets nothing any more: its deliveries end FAILED, with the error " +
    "type INVALID_RECIPIENT and the code SUPPRESSED. One for each reason.",
  fields: (t) => ({
    channel: t.expose("channel", { type: Channel, description: "How it would be reached." }),
    address: t.exposeString("address", {
      description: "The address, in lower case, with its domain in its own script.",
    }),
    reason: t.expose("reason", { type: SuppressionReason, description: "Why." }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "Since when." }),
    delivery: t.field({
      type: DeliveryNode,
      nullable: true,
      description: "The delivery that told; null: a person did, it is no longer kept, or it is " +
        "not yours to see.",
      resolve: ({ deliveryId }) => deliveryId,
    }),
  }),
});

const SuppressionFilter = builder.inputType("SuppressionFilter", {
  description:
    "Which suppressions: fields are ANDed, values inside a field ORed. Absent or null: " +
    "no limit.",
  fields: (t) => ({
    channels: t.field({ type: [Channel], description: "Of one of these channels." }),
    reasons: t.field({ type: [SuppressionReason], description: "For one of these reasons." }),
    search: t.string({ description: "Part of the address, whatever its case." }),
  }),
});

builder.queryField("suppressions", (t) =>
  t.connection({
    type: SuppressionNode,
    description: "The addresses of your organization that get nothing any more, newest first. " +
      "Whoever belongs to it sees all of them, whosever messages they came from.",
    args: { filter: t.arg({ type: SuppressionFilter, description: "Which ones; absent: all." }) },
    resolve: (_root, { filter, ...page }, { services, caller }) =>
      listSuppressions(services, caller, checkFilter(filter), page),
  }, ...connectionNames("Suppression")));

const AddSuppressionsInput = builder.inputType("AddSuppressionsInput", {
  description: "Addresses that are to get nothing any more.",
  fields: (t) => ({
    channel: t.field({
      type: Channel,
      required: true,
      defaultValue: "EMAIL",
      description: "How they would be reached.",
    }),
    addresses: t.stringList({ required: true, description: "The addresses: 1 to 1,000." }),
  }),
});

const AddSuppressionsPayload = builder
  .objectRef<Suppression[]>("AddSuppressionsPayload")
  .implement({
    description: "The addresses on the list.",
    fields: (t) => ({
      suppressions: t.field({
        type: [SuppressionNode],
        description: "One for each address; those that were there already among them.",
        resolve: (suppressions) => suppressions,
      }),
    }),
  });

const RemoveSuppressionsPayload = builder
  .objectRef<{ removedIds: string[] }>("RemoveSuppressionsPayload")
  .implement({
    description: "What was taken off the list.",
    fields: (t) => ({
      removedIds: t.idList({
        description: "As they were sent, each once.",
        resolve: ({ removedIds }) => removedIds,
      }),
    }),
  });

builder.mutationFields((t) => ({
  addSuppressions: t.field({
    type: AddSuppressionsPayload,
    nullable: true,
    errors: {},
    description: "Puts addresses on the suppression list, as MANUAL. What is being sent heeds it " +
      "from the next batch on. For ADMIN and OPERATOR.",
    args: {
      input: t.arg({ type: AddSuppressionsInput, required: true, description: "Which ones." }),
    },
    resolve: (_root, { input }, { services, caller }) => addSuppressions(services, caller, input),
  }),
  removeSuppressions: t.field({
    type: RemoveSuppressionsPayload,
    nullable: true,
    errors: {},
    description:
      "Takes suppressions off the list: all of them, or none when one is not there. An " +
      "address that is there for another reason too stays suppressed. For ADMIN and OPERATOR.",
    args: { ids: t.arg.idList({ required: true, description: "sup_…: 1 to 1,000." }) },
    resolve: async (_root, { ids }, { services, caller }) => {
      const wanted = fromTypeIds("suppression", ids, ["ids"]);
      const removed = await removeSuppressions(services, caller, wanted);
      return { removedIds: removed.map((id) => toTypeId("suppression", id)) };
    },
  }),
}));
