import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useQuery } from "urql";
import { Failure, graphql, type ResultOf } from "../api/graphql.ts";
import { ErrorNotice } from "../kit/error_notice.tsx";
import { HtmlFrame } from "../kit/html_frame.tsx";

const TYPING_MS = 400;
const SAMPLE = { address: "ada@example.com", name: "Ada Lovelace", variables: {} };

const SampleContacts = graphql(`
  query SampleContacts {
    contacts(first: 20) { nodes { id email name variables } }
  }
`);

const CampaignPreviewQuery = graphql(
  `
  query CampaignPreview($input: ContentPreviewInput!) {
    contentPreview(input: $input) {
      __typename
      ... on ContentPreview { subject text html variables { name known } }
      ...Failure
    }
  }
`,
  [Failure],
);

type Rendered = Extract<
  ResultOf<typeof CampaignPreviewQuery>["contentPreview"],
  { readonly __typename: "ContentPreview" }
>;

/** Content of a campaign as one of the newest contacts gets it. */
export function CampaignPreview({ content }: {
  readonly content: {
    readonly subject: string;
    readonly text?: string | null;
    readonly html?: string | null;
  };
}) {
  const [{ data: sample }] = useQuery({ query: SampleContacts });
  const [address, setAddress] = useState<string | null>(null);
  const contacts = (sample?.contacts.nodes ?? []).flatMap(({ email, name, variables }) =>
    email === null ? [] : [{ address: email, name, variables }]
  );
  const contact = contacts.find((each) => each.address === address) ?? contacts[0] ?? SAMPLE;
  const [{ subject, text, html }] = useDebouncedValue(content, TYPING_MS, { leading: true });
  const isEmpty = subject === "" && !text && !html;
  const [{ data }] = useQuery({
    query: CampaignPreviewQuery,
    variables: { input: { content: { subject, text, html }, recipient: contact } },
    pause: isEmpty,
  });
  const preview = data?.contentPreview;
  return (
    <section className="compose-preview" aria-label="Preview">
      <Select
        label="Preview for"
        searchable
        allowDeselect={false}
        data={[...new Set([...contacts.map((each) => each.address), contact.address])]}
        value={contact.address}
        onChange={setAddress}
      />
      {isEmpty && (
        <p className="dimmed">Write a subject or a text to see it as a contact gets it.</p>
      )}
      {!isEmpty && preview && "reason" in preview && <ErrorNotice reason={preview.reason} />}
      {!isEmpty && preview?.__typename === "ContentPreview" && <RenderedMail mail={preview} />}
    </section>
  );
}

function RenderedMail({ mail: { subject, text, html, variables } }: { readonly mail: Rendered }) {
  const unknown = variables.filter(({ known }) => !known).map(({ name }) => name);
  return (
    <>
      {unknown.length > 0 && (
        <p role="alert">
          This contact has no value for {unknown.join(", ")}. Its mail would fail. Set a default:
          {" "}
          {`{{ ${unknown[0]} | default: "" }}`}
        </p>
      )}
      <p>
        <span className="dimmed">Subject</span> <strong>{subject}</strong>
      </p>
      {html && <HtmlFrame html={html} />}
      {text && <pre className="mail-text">{text}</pre>}
    </>
  );
}
