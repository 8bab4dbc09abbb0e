import type { ObjectRef } from "@pothos/core";
import { type Noun, toTypeId } from "../../src/domain/id.ts";
import type { ListChange } from "../../src/domain/live/list_subscriber.ts";
import { DEFAULT_PAGE_SIZE } from "../../src/domain/page.ts";
import { builder, type Types } from "./builder.ts";

/**
 * Makes the event type of a list subscription.
 *
 * @param noun of the listed objects, for the TypeIDs in `removedIds`
 * @param type of the listed objects
 * @param name of the event type: "JobChanges"
 */
export function listChangeType<T, Change extends ListChange<T> = ListChange<T>>(
  noun: Noun,
  type: ObjectRef<Types, T>,
  name: string,
): ObjectRef<Types, Change> {
  return builder.objectRef<Change>(name).implement({
    description: "Changes of a watched list since the last event.",
    fields: (t) => ({
      reset: t.boolean({
        resolve: ({ reset }) => reset,
        description:
          "True: discard the list, `changed` is its first page. Set on the first event, after a " +
          "gap, and when more than 100 items have changed.",
      }),
      changed: t.field({
        type: [type],
        description: "Items that are new in the list or have changed.",
        complexity: { field: 1, multiplier: DEFAULT_PAGE_SIZE },
        resolve: ({ changed }) => [...changed],
      }),
      removedIds: t.idList({
        description: "Ids of items that were deleted or no longer match the filter.",
        resolve: ({ removedIds }) => removedIds.map((id) => toTypeId(noun, id)),
      }),
    }),
  });
}
