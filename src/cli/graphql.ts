import { initGraphQLTada } from "gql.tada";
import type { introspection } from "../../schema/introspection.d.ts";

/** Parses an operation; its types are checked against the printed schema at compile time. */
export const graphql = initGraphQLTada<{
  introspection: introspection;
  disableMasking: true;
  scalars: { DateTime: string; JSON: unknown; JSONObject: Record<string, unknown> };
}>();

export type { ResultOf, TadaDocumentNode } from "gql.tada";

/** The fields of every error of a mutation. */
export const Failure = graphql(`
  fragment Failure on Error {
    reason
    ... on InvalidInputError { issues { path code message } }
  }
`);
