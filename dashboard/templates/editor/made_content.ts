import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "urql";
import { Failure, graphql } from "../../api/graphql.ts";
import type { Failure as FailureInWords } from "../../kit/action.ts";
import type { Content } from "../../messages/content/content_preview.ts";
import { type Draft, inputOf } from "./draft.ts";

const TYPING_MS = 400;

const TemplateContentQuery = graphql(
  `
  query TemplateContent($input: TemplateContentInput!) {
    templateContent(input: $input) {
      __typename
      ... on Content { subject text html }
      ...Failure
    }
  }
`,
  [Failure],
);

/** Content that the server builds from a draft: MJML is compiled, and a missing text is generated. */
export interface MadeContent {
  /** Null: not built yet, or invalid. */
  readonly content: Content | null;
  readonly failure: FailureInWords | null;
}

/** Builds the content of a draft, shortly after the last key. */
export function useMadeContent(draft: Draft): MadeContent {
  const [typed] = useDebouncedValue(draft, TYPING_MS, { leading: true });
  const empty = typed.subject.trim() === "";
  const [{ data }] = useQuery({
    query: TemplateContentQuery,
    variables: { input: inputOf(typed) },
    pause: empty,
  });
  const result = empty ? null : data?.templateContent ?? null;
  if (!result) return { content: null, failure: null };
  if (result.__typename !== "Content") return { content: null, failure: result };
  const { subject, text, html } = result;
  return { content: { subject, text, html }, failure: null };
}
