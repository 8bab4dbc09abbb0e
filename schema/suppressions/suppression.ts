import { DEFAULT_CHANNEL } from "../../src/domain/channel.ts";
import { addSuppressions, removeSuppressions } from "../../src/domain/suppressions/edit.ts";
import { listSuppressions, suppressionsById } from "../../src/domain/suppressions/list.ts";
import type { Suppression } from "../../src/domain/suppressions/suppression.ts";
import { fromTypeIds, toTypeId } from "../../src/domain/id.ts";
import { builder } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";
import { DeliveryNode } from "../deliveries/delivery.ts";
import { checkFilter } from "../kit/filter.ts";
import { Channel } from "../messages/enums.ts";
import { SuppressionReason } from "./enums.ts";

/** An entry of the suppression list. */
export const SuppressionNode = builder.loadableNodeRef("Suppression", {
  id: { resolve: ({ id }: Suppression) => id },
  load: (ids: string[], { services, caller }) => suppressionsById(services, caller, ids),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

SuppressionNode.implement({
  description:
    "Entry of the suppression list: an address that gets no messages, or for the reason " +
    "UNSUBSCRIBED no `unsubscribable` ones. Its deliveries end SUPPRESSED. An address has one entry " +
    "for each reason.",
  fields: (t) => ({
    channel: t.expose("channel", { type: Channel, description: "Channel of the address." }),
    address: t.exposeString("address", {
      description: "Address in lower case, with its domain in Unicode.",
    }),
    reason: t.expose("reason", { type: SuppressionReason, description: "Reason of the entry." }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "Time it was added." }),
    delivery: t.field({
      type: DeliveryNode,
      nullable: true,
      description:
        "Delivery that caused the entry; null if a person added it, or if the delivery was " +
        "deleted or is not visible to the caller.",
      resolve: ({ deliveryId }) => deliveryId,
    }),
  }),
});

const SuppressionFilter = builder.inputType("SuppressionFilter", {
  description:
    "Filter of the suppression list: all fields must match, within a list any value. Absent or " +
    "null: no limit; an empty list is an InvalidInputError.",
  fields: (t) => ({
    channels: t.field({ type: [Channel], description: "Channels of the address." }),
    reasons: t.field({ type: [SuppressionReason], description: "Reasons of the entry." }),
    search: t.string({ description: "Part of the address, case-insensitive." }),
  }),
});

builder.queryField("suppressions", (t) =>
  t.connection({
    type: SuppressionNode,
    description: "Suppression list of the organization, newest entry first; visible to all roles.",
    args: {
      filter: t.arg({ type: SuppressionFilter, description: "Filter of the list; absent: all." }),
    },
    resolve: (_root, { filter, ...page }, { services, caller }) =>
      listSuppressions(services, caller, checkFilter(filter), page),
  }, ...connectionNames("Suppression")));

const AddSuppressionsInput = builder.inputType("AddSuppressionsInput", {
  description: "Addresses to suppress.",
  fields: (t) => ({
    channel: t.field({
      type: Channel,
      required: true,
      defaultValue: DEFAULT_CHANNEL,
      description: "Channel of the addresses.",
    }),
    addresses: t.stringList({ required: true, description: "Addresses, 1 to 1,000." }),
    reason: t.field({
      type: SuppressionReason,
      required: true,
      defaultValue: "MANUAL",
      description:
        "Reason of the entries, for example that of the system from which they are taken.",
    }),
  }),
});

const AddSuppressionsPayload = builder
  .objectRef<Suppression[]>("AddSuppressionsPayload")
  .implement({
    description: "Entries of the suppression list.",
    fields: (t) => ({
      suppressions: t.field({
        type: [SuppressionNode],
        description:
          "Entry of each address, in the order of the input; existing entries with the reason are " +
          "returned unchanged.",
        resolve: (suppressions) => suppressions,
      }),
    }),
  });

const RemoveSuppressionsPayload = builder
  .objectRef<{ removedIds: string[] }>("RemoveSuppressionsPayload")
  .implement({
    description: "Result of a removal.",
    fields: (t) => ({
      removedIds: t.idList({
        description: "Ids of the removed entries, each once.",
        resolve: ({ removedIds }) => removedIds,
      }),
    }),
  });

builder.mutationFields((t) => ({
  addSuppressions: t.field({
    type: AddSuppressionsPayload,
    nullable: true,
    errors: {},
    description:
      "Adds addresses to the suppression list; see `POST /import/suppressions` for files. A batch that " +
      "is already being sent ignores them; later batches apply them. ADMIN and OPERATOR only, else " +
      "ForbiddenError. Refuses invalid addresses with InvalidInputError; nothing is added then.",
    args: {
      input: t.arg({
        type: AddSuppressionsInput,
        required: true,
        description: "Addresses to add.",
      }),
    },
    resolve: (_root, { input }, { services, caller }) => addSuppressions(services, caller, input),
  }),
  removeSuppressions: t.field({
    type: RemoveSuppressionsPayload,
    nullable: true,
    errors: {},
    description: "Removes entries from the suppression list. An address with another entry stays " +
      "suppressed. ADMIN and OPERATOR only, else ForbiddenError. Refuses unknown ids with " +
      "NotFoundError; nothing is removed then.",
    args: {
      ids: t.arg.idList({ required: true, description: "Ids of entries, 1 to 1,000: sup_…" }),
    },
    resolve: async (_root, { ids }, { services, caller }) => {
      const suppressionIds = fromTypeIds("suppression", ids, ["ids"]);
      const removed = await removeSuppressions(services, caller, suppressionIds);
      return { removedIds: removed.map((id) => toTypeId("suppression", id)) };
    },
  }),
}));
