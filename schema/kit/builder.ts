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
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from "../../src/domain/page.ts";
import type { Services } from "../../src/domain/services.ts";
import { decodeId, encodeId } from "./global_id.ts";

/** Context of a resolver; the server creates one for each operation. */
export interface Context {
  readonly services: Services;
  readonly caller: Caller;
}

/** Builder of all types of the API. */
export const builder = new SchemaBuilder<{
  Context: Context;
  DefaultFieldNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    URL: { Input: string; Output: string };
    Decimal: { Input: string; Output: string };
    JSON: { Input: unknown; Output: unknown };
    JSONObject: { Input: Record<string, unknown>; Output: unknown };
  };
  Connection: { totalCount(): Promise<number | null> };
}>({
  plugins: [ErrorsPlugin, RelayPlugin, DataloaderPlugin, ComplexityPlugin],
  defaultFieldNullability: false,
  errors: {
    // Subclasses by name, because with Error here the messages of internal errors would reach clients.
    defaultTypes: [InvalidInputError, NotFoundError, ConflictError, ForbiddenError],
    directResult: true,
    defaultUnionOptions: {
      name: ({ fieldName }) => `${fieldName.charAt(0).toUpperCase()}${fieldName.slice(1)}Result`,
      description: "Payload of the mutation, or the error that prevented it.",
    },
  },
  relay: {
    encodeGlobalID: encodeId,
    decodeGlobalID: decodeId,
    nodeQueryOptions: false,
    nodesQueryOptions: false,
    nodeTypeOptions: { description: "Object with a global id; `node` looks it up." },
    idFieldOptions: {
      description: "Global id (TypeID), the same in the API, logs, command line and URLs.",
    },
    pageInfoTypeOptions: { description: "Position of a page in its list." },
    hasNextPageFieldOptions: {
      description: "True if more items follow; request them with `after: endCursor`.",
    },
    hasPreviousPageFieldOptions: {
      description:
        "True if earlier items exist; request them with `last` and `before: startCursor`.",
    },
    startCursorFieldOptions: { description: "Cursor of the first item; null on an empty page." },
    endCursorFieldOptions: { description: "Cursor of the last item; null on an empty page." },
    firstArgOptions: {
      description: `Number of items from the start of the list, 1 to ${MAX_PAGE_SIZE}; default ` +
        `${DEFAULT_PAGE_SIZE}. Cannot be combined with \`last\`.`,
    },
    afterArgOptions: { description: "Cursor; the page holds only items after it." },
    lastArgOptions: {
      description:
        `Number of items from the end of the list, 1 to ${MAX_PAGE_SIZE}. Cannot be combined with ` +
        "`first`.",
    },
    beforeArgOptions: { description: "Cursor; the page holds only items before it." },
    edgesFieldOptions: {
      description: "Items of the page with their cursors.",
      complexity: { field: 1, multiplier: 1 },
    },
    nodesOnConnection: {
      description: "Items of the page.",
      complexity: { field: 1, multiplier: 1 },
    },
    nodeFieldOptions: { description: "Item of the list." },
    cursorFieldOptions: { description: "Cursor of the item, for `after` and `before`." },
    pageInfoFieldOptions: { description: "Position of this page in the list." },
    defaultConnectionFieldOptions: {
      complexity: ({ first, last }) => ({
        field: 1,
        multiplier: Math.min(Math.max(first ?? last ?? DEFAULT_PAGE_SIZE, 0), MAX_PAGE_SIZE),
      }),
    },
  },
});

/** Type parameter of the builder, for helpers that are generic over the types of the API. */
export type Types = typeof builder.$inferSchemaTypes;

builder.globalConnectionField("totalCount", (t) =>
  t.int({
    nullable: true,
    description: "Number of items in the whole list; null above 10,000.",
    resolve: ({ totalCount }) => totalCount(),
  }));

builder.queryType({ description: "Queries." });
builder.mutationType({ description: "Mutations. Each returns its payload or a typed error." });
builder.subscriptionType({
  description: "Subscriptions, over WebSocket (graphql-transport-ws) or server-sent events.",
});
