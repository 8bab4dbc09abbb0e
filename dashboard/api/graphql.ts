import { initGraphQLTada } from "gql.tada";
import type { introspection } from "../graphql-env.d.ts";

/** Parses an operation; its types are checked against the printed schema at compile time. */
export const graphql = initGraphQLTada<{
  introspection: introspection;
  disableMasking: true;
  scalars: {
    DateTime: string;
    Decimal: string;
    URL: string;
    JSON: unknown;
    JSONObject: Record<string, unknown>;
  };
}>();

export type { ResultOf, VariablesOf } from "gql.tada";

/** The fields of every error of a mutation. Its spread must be last in a selection. */
export const Failure = graphql(`
  fragment Failure on Error {
    reason
    ... on InvalidInputError { issues { path code message } }
    ... on ConflictError { code }
  }
`);
