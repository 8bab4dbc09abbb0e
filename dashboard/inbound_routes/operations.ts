import { Failure, graphql, type ResultOf } from "../api/graphql.ts";

const InboundRouteFields = graphql(`
  fragment InboundRouteFields on InboundRoute {
    kind
    path
    secretCreatedAt
    secretCreatedBy
    previousSecretUntil
  }
`);

/** Reads the inbound webhooks of the organization. */
export const InboundRoutesQuery = graphql(
  `
  query InboundRoutes {
    inboundRoutes { ...InboundRouteFields }
  }
`,
  [InboundRouteFields],
);

/** An inbound webhook, without its secret. */
export type InboundRoute = ResultOf<typeof InboundRouteFields>;

/** Creates or replaces the secret of an inbound webhook. */
export const SaveInboundSecret = graphql(
  `
  mutation SaveInboundSecret($input: SaveInboundSecretInput!) {
    saveInboundSecret(input: $input) {
      __typename
      ... on SaveInboundSecretPayload { route { ...InboundRouteFields } secret }
      ...Failure
    }
  }
`,
  [InboundRouteFields, Failure],
);

/** Deletes the secret of an inbound webhook. */
export const DeleteInboundSecret = graphql(
  `
  mutation DeleteInboundSecret($kind: InboundRouteKind!) {
    deleteInboundSecret(kind: $kind) {
      __typename
      ... on DeleteInboundSecretPayload { route { ...InboundRouteFields } }
      ...Failure
    }
  }
`,
  [InboundRouteFields, Failure],
);
