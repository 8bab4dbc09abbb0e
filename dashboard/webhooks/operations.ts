import { Failure, graphql, type ResultOf } from "../api/graphql.ts";

/** Fields of an endpoint in the list. */
export const WebhookEndpointFields = graphql(`
  fragment WebhookEndpointFields on WebhookEndpoint {
    id
    url
    events
    enabled
    disabledReason
    state
    retryAt
    failingSince
    lastError { type code message }
    previousSecretUntil
    createdAt
  }
`);

/** Reads the endpoints of the organization. */
export const WebhookEndpointsQuery = graphql(
  `
  query WebhookEndpoints {
    webhookEndpoints(first: 50) { nodes { ...WebhookEndpointFields } }
  }
`,
  [WebhookEndpointFields],
);

/** A webhook endpoint. */
export type WebhookEndpoint = ResultOf<typeof WebhookEndpointFields>;

/** Event that an endpoint can get. */
export type WebhookEvent = WebhookEndpoint["events"][number];

/** Follows an endpoint; an event arrives after each change of its newest calls, too. */
export const WebhookEndpointUpdated = graphql(
  `
  subscription WebhookEndpointUpdated($id: ID!) {
    webhookEndpointUpdated(id: $id) { ...WebhookEndpointFields }
  }
`,
  [WebhookEndpointFields],
);

/** Creates an endpoint; its secret is returned only here. */
export const CreateWebhookEndpoint = graphql(
  `
  mutation CreateWebhookEndpoint($input: CreateWebhookEndpointInput!) {
    createWebhookEndpoint(input: $input) {
      __typename
      ... on CreateWebhookEndpointPayload { endpoint { ...WebhookEndpointFields } secret }
      ...Failure
    }
  }
`,
  [WebhookEndpointFields, Failure],
);

/** Changes an endpoint, or enables it again. */
export const UpdateWebhookEndpoint = graphql(
  `
  mutation UpdateWebhookEndpoint($id: ID!, $input: UpdateWebhookEndpointInput!) {
    updateWebhookEndpoint(id: $id, input: $input) {
      __typename
      ... on UpdateWebhookEndpointPayload { endpoint { ...WebhookEndpointFields } }
      ...Failure
    }
  }
`,
  [WebhookEndpointFields, Failure],
);

/** Replaces the secret of an endpoint. */
export const RotateWebhookSecret = graphql(
  `
  mutation RotateWebhookSecret($id: ID!) {
    rotateWebhookSecret(id: $id) {
      __typename
      ... on RotateWebhookSecretPayload { endpoint { ...WebhookEndpointFields } secret }
      ...Failure
    }
  }
`,
  [WebhookEndpointFields, Failure],
);

/** Deletes an endpoint with its calls. */
export const DeleteWebhookEndpoint = graphql(
  `
  mutation DeleteWebhookEndpoint($id: ID!) {
    deleteWebhookEndpoint(id: $id) {
      __typename
      ... on DeleteWebhookEndpointPayload { endpointId }
      ...Failure
    }
  }
`,
  [Failure],
);

/** Makes a test call. */
export const TestWebhookEndpoint = graphql(
  `
  mutation TestWebhookEndpoint($id: ID!) {
    testWebhookEndpoint(id: $id) {
      __typename
      ... on TestWebhookEndpointPayload { call { id status } }
      ...Failure
    }
  }
`,
  [Failure],
);
