import type { ObjectRef } from "@pothos/core";
import { type Noun, toTypeId } from "../../src/domain/id.ts";
import { builder, type Types } from "./builder.ts";
import type { ListChange } from "../../src/domain/live/list_subscriber.ts";

/**
 * The type of what a list's subscription tells.
 *
 * @param name of the type: "JobChanges"
 */
export function listChangeOf<T>(
  noun: Noun,
  type: ObjectRef<Types, T>,
  name: string,
): ObjectRef<Types, ListChange<T>> {
  return builder.objectRef<ListChange<T>>(name).implement({
    description: "What has changed in a list that is being watched.",
    fields: (t) => ({
      reset: t.exposeBoolean("reset", {
        description: "true: forget what you have; `changed` is the first page.",
      }),
      changed: t.field({
        type: [type],
        description: "What is new in the list, or has changed.",
        complexity: { field: 1, multiplier: 50 },
        resolve: ({ changed }) => [...changed],
      }),
      removedIds: t.idList({
        description: "What is gone, or no longer fits the filter.",
        resolve: ({ removedIds }) => removedIds.map((id) => toTypeId(noun, id)),
      }),
    }),
  });
}
