import { Failure, graphql, type ResultOf } from "../api/graphql.ts";

/** Reads the API keys of the organization. */
export const ApiKeysQuery = graphql(`
  query ApiKeys {
    apiKeys(first: 200) {
      nodes { id name role userId prefix createdAt lastUsedAt expiresAt revokedAt }
    }
  }
`);

/** An API key. */
export type ApiKey = ResultOf<typeof ApiKeysQuery>["apiKeys"]["nodes"][number];

/** Creates a key; its secret is returned only here. */
export const CreateApiKey = graphql(
  `
  mutation CreateApiKey($input: CreateApiKeyInput!) {
    createApiKey(input: $input) {
      __typename
      ... on CreateApiKeyPayload { apiKey { id name } secret }
      ...Failure
    }
  }
`,
  [Failure],
);

/** Revokes a key permanently. */
export const RevokeApiKey = graphql(
  `
  mutation RevokeApiKey($id: ID!) {
    revokeApiKey(id: $id) {
      __typename
      ... on RevokeApiKeyPayload { apiKey { id revokedAt } }
      ...Failure
    }
  }
`,
  [Failure],
);
