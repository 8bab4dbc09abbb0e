import { brandWithType, type ObjectRef } from "@pothos/core";
import type { ObjectWatch } from "../../src/domain/live/watch_object.ts";
import { invalid } from "../../src/domain/errors.ts";
import { builder, type Context, type Types } from "./builder.ts";
import { decodeId } from "./global_id.ts";

interface Followed {
  /** @throws {NotFoundError} for an id that the caller cannot see */
  watch(context: Context, id: string): Promise<AsyncIterable<object>>;
  /** Marks an object with its type, which the interface Node cannot infer. */
  mark(object: object): object;
}

const FOLLOWED = new Map<string, Followed>();

/**
 * Lets clients follow the objects of a type with `nodeUpdated`.
 *
 * @param type the type; a loadable one also takes ids in place of objects
 */
export function followNode<T extends object>(
  type: ObjectRef<Types, T | string>,
  watch: ObjectWatch<T>,
): void {
  FOLLOWED.set(type.name, {
    watch: ({ services, caller }, id) => watch(services, caller, id, false),
    mark(object) {
      brandWithType(object, type);
      return object;
    },
  });
}

function followedOf(id: string): Followed {
  const { typename } = decodeId(id);
  const followed = FOLLOWED.get(typename);
  if (followed) return followed;
  const types = [...FOLLOWED.keys()].sort().join(", ");
  throw invalid(["id"], "WRONG_KIND", `is the id of a ${typename}; only these are live: ${types}`);
}

builder.subscriptionField("nodeUpdated", (t) =>
  t.field({
    type: builder.nodeInterfaceRef(),
    description:
      "Emits the object with this id in its current state, then after each change, until it is deleted " +
      "or no longer visible. Refuses types without events with INVALID_INPUT, and an unknown id with " +
      "NOT_FOUND.",
    args: {
      id: t.arg.id({ required: true, description: "Global id: cmp_…, sch_…, msg_…, job_…" }),
    },
    subscribe: (_root, { id }, context) => followedOf(id).watch(context, id),
    resolve: (object, { id }) => followedOf(id).mark(object),
  }));
