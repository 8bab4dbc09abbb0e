import SchemaBuilder from "@pothos/core";
import ComplexityPlugin from "@pothos/plugin-complexity";
import DataloaderPlugin from "@pothos/plugin-dataloader";
import ErrorsPlugin from "@pothos/plugin-errors";
import RelayPlugin from "@pothos/plugin-relay";
import type { Caller } from "../../src/domain/access/access.ts";
import {
  ConflictError,
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
} from "../../src/domain/errors.ts";
import type { Services } from "../../src/domain/services.ts";
import { decodeId, encodeId } from "./global_id.ts";

/** What every resolver works with; the server makes it for each operation. */
export interface Context {
  readonly services: Services;
  readonly caller: Caller;
}

const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 200;

/** Where all types of the API are made. */
export const builder = new SchemaBuilder<{
  Context: Context;
  DefaultFieldNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    JSON: { Input: unknown; Output: unknown };
    JSONObject: { Input: Record<string, unknown>; Output: unknown };
  };
  Connection: { totalCount(): Promise<number | null> };
}>({
  plugins: [ErrorsPlugin, RelayPlugin, DataloaderPlugin, ComplexityPlugin],
  defaultFieldNullability: false,
  errors: {
    // By name: with Error in this list, internal messages would reach the client.
    defaultTypes: [InvalidInputError, NotFoundError, ConflictError, ForbiddenError],
    directResult: true,
    defaultUnionOptions: {
      name: ({ fieldName }) => `${fieldName.charAt(0).toUpperCase()}${fieldName.slice(1)}Result`,
      description: "What the mutation did, or why it did nothing.",
    },
  },
  relay: {
    encodeGlobalID: encodeId,
    decodeGlobalID: decodeId,
    nodeQueryOptions: false,
    nodesQueryOptions: false,
    nodeTypeOptions: { description: "Whatever has an id that can be looked up with `node`." },
    idFieldOptions: { description: "The same id in the API, the log, the command line and URLs." },
    pageInfoTypeOptions: { description: "Where a page lies in its list." },
    hasNextPageFieldOptions: { description: "More follows: ask for it with `after: endCursor`." },
    hasPreviousPageFieldOptions: {
      description: "More lies before: ask for it with `last` and `before: startCursor`.",
    },
    startCursorFieldOptions: { description: "The first item's place; null on an empty page." },
    endCursorFieldOptions: { description: "The last item's place; null on an empty page." },
    firstArgOptions: {
      description: `How many items from the front: ${DEFAULT_PAGE_SIZE} unless told, at most ` +
        `${MAX_PAGE_SIZE}.`,
    },
    afterArgOptions: { description: "Only what follows this cursor." },
    lastArgOptions: {
      description: `How many items from the end, at most ${MAX_PAGE_SIZE}; not beside \`first\`.`,
    },
    beforeArgOptions: { description: "Only what lies before this cursor." },
    edgesFieldOptions: {
      description: "The items of the page with their cursors.",
      complexity: { field: 1, multiplier: 1 },
    },
    nodesOnConnection: {
      description: "The items of the page.",
      complexity: { field: 1, multiplier: 1 },
    },
    nodeFieldOptions: { description: "The item." },
    cursorFieldOptions: { description: "The item's place in the list, for `after` and `before`." },
    pageInfoFieldOptions: { description: "Where this page lies in the list." },
    defaultConnectionFieldOptions: {
      complexity: ({ first, last }) => ({
        field: 1,
        multiplier: Math.min(Math.max(first ?? last ?? DEFAULT_PAGE_SIZE, 0), MAX_PAGE_SIZE),
      }),
    },
  },
});

/** The builder's types, for what is generic over the types of the API. */
export type Types = typeof builder.$inferSchemaTypes;

builder.globalConnectionField("totalCount", (t) =>
  t.int({
    nullable: true,
    description: "How many items the whole list has; null when it has more than 10,000.",
    resolve: ({ totalCount }) => totalCount(),
  }));

builder.queryType({ description: "What can be asked." });
builder.mutationType({ description: "What can be done. Each answers its payload or why not." });
builder.subscriptionType({
  description: "What can be watched, over WebSocket (graphql-transport-ws) or server-sent events.",
});
