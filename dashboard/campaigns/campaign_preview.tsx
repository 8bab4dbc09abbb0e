import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useQuery } from "urql";
import { graphql } from "../api/graphql.ts";
import {
  type PreviewRecipient,
  SAMPLE_RECIPIENT,
  unknownVariables,
  useContentPreview,
} from "../messages/content/content_preview.ts";
import { RenderedContent } from "../messages/content/rendered_content.tsx";
import { TestSend } from "../messages/content/test_send.tsx";
import { useIsAdmin } from "../shell/viewer.tsx";

const TYPING_MS = 400;

const SampleContacts = graphql(`
  query SampleContacts {
    contacts(first: 20) { nodes { id email name variables } }
  }
`);

/** Content of a campaign as one of the newest contacts gets it, and a test of it. */
export function CampaignPreview({ content }: {
  readonly content: {
    readonly subject: string;
    readonly text?: string | null;
    readonly html?: string | null;
  };
}) {
  const isAdmin = useIsAdmin();
  const [{ data }] = useQuery({ query: SampleContacts });
  const [address, setAddress] = useState<string | null>(null);
  const contacts = (data?.contacts.nodes ?? []).flatMap(({ email, name, variables }) =>
    email === null ? [] : [{ address: email, name, variables } satisfies PreviewRecipient]
  );
  const contact = contacts.find((each) => each.address === address) ?? contacts[0] ??
    SAMPLE_RECIPIENT;
  const [{ subject, text, html }] = useDebouncedValue(content, TYPING_MS, { leading: true });
  const isEmpty = subject === "" && !text && !html;
  const preview = useContentPreview(isEmpty ? null : { subject, text, html }, contact);
  const unknown = unknownVariables(preview).filter((name) => name !== "unsubscribe_url");
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
      {unknown.length > 0 && (
        <p role="alert">
          This contact has no value for {unknown.join(", ")}. Its mail would fail; give a default:
          {" "}
          {`{{ ${unknown[0]} | default: "" }}`}
        </p>
      )}
      {preview && <RenderedContent result={preview} />}
      {isAdmin && (
        <TestSend
          input={isEmpty ? null : { channel: "EMAIL", content: { subject, text, html } }}
          values={contact}
        />
      )}
    </section>
  );
}
