import { Failure, graphql, type ResultOf } from "../api/graphql.ts";

const PromptFields = graphql(`
  fragment PromptFields on Prompt {
    id
    name
    version
    source
    text
    variables
    active
    createdAt
    createdBy
  }
`);

/** A version of a prompt. */
export type PromptVersion = ResultOf<typeof PromptFields>;

/** Reads the active version of each prompt. */
export const PromptsQuery = graphql(
  `
  query Prompts {
    prompts { ...PromptFields versions(first: 1) { totalCount } }
  }
`,
  [PromptFields],
);

/** Reads one version of a prompt with the latest versions of the same prompt. */
export const PromptQuery = graphql(
  `
  query Prompt($id: ID!) {
    prompt(id: $id) {
      ...PromptFields
      versions(first: 100) { nodes { ...PromptFields } totalCount }
    }
  }
`,
  [PromptFields],
);

/** A version with the versions of its prompt, latest first. */
export type PromptDetail = NonNullable<ResultOf<typeof PromptQuery>["prompt"]>;

/** Saves a version. */
export const SavePrompt = graphql(
  `
  mutation SavePrompt($input: SavePromptInput!) {
    savePrompt(input: $input) {
      __typename
      ... on SavePromptPayload { prompt { ...PromptFields } }
      ...Failure
    }
  }
`,
  [PromptFields, Failure],
);

/** Makes a version the active one. */
export const PromotePrompt = graphql(
  `
  mutation PromotePrompt($id: ID!) {
    promotePrompt(id: $id) {
      __typename
      ... on PromotePromptPayload { prompt { ...PromptFields } replaced { ...PromptFields } }
      ...Failure
    }
  }
`,
  [PromptFields, Failure],
);
