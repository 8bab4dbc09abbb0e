import { Alert, Select, Tabs } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconInfoCircle } from "@tabler/icons-react";
import { useState } from "react";
import { useQuery } from "urql";
import { Failure, graphql } from "../../api/graphql.ts";
import type { Draft } from "./draft.ts";
import { contentOf } from "./input.ts";
import { HtmlFrame } from "../../kit/html_frame.tsx";
import { type PreviewRecipient, usePreviewRecipients } from "./preview_recipients.ts";

const TYPING_MS = 400;
const SAMPLE: PreviewRecipient = {
  address: "ada@example.com",
  name: "Ada Lovelace",
  variables: {},
};

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

/** The content as one recipient gets it, while it is written. */
export function Preview({ draft }: { readonly draft: Draft }) {
  const recipients = usePreviewRecipients(draft);
  const [address, setAddress] = useState<string | null>(null);
  const recipient = recipients.find((known) => known.address === address) ?? recipients[0] ??
    SAMPLE;
  const [content] = useDebouncedValue(contentOf(draft), TYPING_MS, { leading: true });
  const empty = content.subject === "" && !content.text && !content.html;
  const [{ data }] = useQuery({
    query: ContentPreviewQuery,
    variables: {
      input: { content, recipient: { ...recipient, variables: { ...recipient.variables } } },
    },
    pause: empty,
  });
  const result = data?.contentPreview;
  const unknown = result?.__typename === "ContentPreview"
    ? result.variables.filter(({ known }) => !known).map(({ name }) => name)
    : [];
  return (
    <section className="compose-preview" aria-label="Preview">
      <Select
        label="Preview for"
        searchable
        allowDeselect={false}
        data={recipients.length > 0 ? recipients.map((known) => known.address) : [SAMPLE.address]}
        value={recipient.address}
        onChange={setAddress}
      />
      {empty && (
        <p className="dimmed">Write a subject or a text to see it as a recipient gets it.</p>
      )}
      {!empty && result && "reason" in result && (
        <Alert mt="sm" className="error-notice" variant="outline" role="alert">
          {result.reason}
        </Alert>
      )}
      {unknown.length > 0 && (
        <Alert
          mt="sm"
          variant="outline"
          className="unknown-variables"
          icon={<IconInfoCircle size={18} />}
        >
          This recipient has no value for{" "}
          {unknown.join(", ")}. Deliveries to recipients without a value fail. Set a default:{" "}
          {`{{ ${unknown[0]} | default: "" }}`}
        </Alert>
      )}
      {!empty && result?.__typename === "ContentPreview" && <Rendered content={result} />}
    </section>
  );
}

function Rendered({ content: { subject, text, html } }: {
  readonly content: {
    readonly subject: string;
    readonly text: string | null;
    readonly html: string | null;
  };
}) {
  return (
    <>
      <p>
        <span className="dimmed">Subject</span> <strong>{subject}</strong>
      </p>
      <Tabs defaultValue={html ? "html" : "text"} key={html ? "html" : "text"}>
        <Tabs.List>
          {html && <Tabs.Tab value="html">HTML</Tabs.Tab>}
          {text && <Tabs.Tab value="text">Text</Tabs.Tab>}
        </Tabs.List>
        {html && (
          <Tabs.Panel value="html">
            <HtmlFrame html={html} />
          </Tabs.Panel>
        )}
        {text && (
          <Tabs.Panel value="text">
            <pre className="mail-text">{text}</pre>
          </Tabs.Panel>
        )}
      </Tabs>
    </>
  );
}
