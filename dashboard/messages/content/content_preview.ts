import { useQuery } from "urql";
import { Failure, graphql, type ResultOf, type VariablesOf } from "../../api/graphql.ts";

const ContentPreviewQuery = graphql(
  `
  query ContentPreview($input: ContentPreviewInput!) {
    contentPreview(input: $input) {
      __typename
      ... on ContentPreview { subject text html variables { name known } }
      ...Failure
    }
  }
`,
  [Failure],
);

/** Subject, text and HTML as Liquid templates. */
export type Content = VariablesOf<typeof ContentPreviewQuery>["input"]["content"];

/** A recipient that a content is rendered for. */
export interface PreviewRecipient {
  readonly address: string;
  readonly name?: string | null;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** Recipient for contents without any. */
export const SAMPLE_RECIPIENT: PreviewRecipient = {
  address: "ada@example.com",
  name: "Ada Lovelace",
  variables: {},
};

/** A rendered content, or the reason why there is none. */
export type PreviewResult = NonNullable<ResultOf<typeof ContentPreviewQuery>["contentPreview"]>;

/**
 * Renders a content for one recipient.
 *
 * @param content null: none
 * @returns null until it is rendered
 */
export function useContentPreview(
  content: Content | null,
  recipient: PreviewRecipient,
): PreviewResult | null {
  const [{ data }] = useQuery({
    query: ContentPreviewQuery,
    variables: {
      input: {
        content: content ?? { subject: "" },
        recipient: { ...recipient, variables: { ...recipient.variables } },
      },
    },
    pause: content === null,
  });
  return content && data?.contentPreview ? data.contentPreview : null;
}

/** Variables that a content uses and its recipient does not have. */
export function unknownVariables(result: PreviewResult | null): string[] {
  if (result?.__typename !== "ContentPreview") return [];
  return result.variables.filter(({ known }) => !known).map(({ name }) => name);
}
