import { Alert, Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconInfoCircle } from "@tabler/icons-react";
import { useState } from "react";
import {
  type Content,
  SAMPLE_RECIPIENT,
  unknownVariables,
  useContentPreview,
} from "../content/content_preview.ts";
import { RenderedContent } from "../content/rendered_content.tsx";
import { TestSend } from "../content/test_send.tsx";
import type { Draft } from "./draft.ts";
import { choiceOf } from "./input.ts";
import { usePreviewRecipients } from "./preview_recipients.ts";

const TYPING_MS = 400;

/** The content as one recipient gets it, while it is written, and a test of it. */
export function Preview({ draft, content }: {
  readonly draft: Draft;
  /** Null: not read yet. */
  readonly content: Content | null;
}) {
  const recipients = usePreviewRecipients(draft);
  const [address, setAddress] = useState<string | null>(null);
  const recipient = recipients.find((known) => known.address === address) ?? recipients[0] ??
    SAMPLE_RECIPIENT;
  const [typed] = useDebouncedValue(content, TYPING_MS, { leading: true });
  const empty = !typed?.subject && !typed?.text && !typed?.html;
  const result = useContentPreview(empty ? null : typed, recipient);
  const unknown = unknownVariables(result);
  return (
    <section className="compose-preview" aria-label="Preview">
      <Select
        label="Preview for"
        searchable
        allowDeselect={false}
        data={recipients.length > 0
          ? recipients.map((known) => known.address)
          : [SAMPLE_RECIPIENT.address]}
        value={recipient.address}
        onChange={setAddress}
      />
      {empty && (
        <p className="dimmed">Write a subject or a text to see it as a recipient gets it.</p>
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
      {result && <RenderedContent result={result} />}
      <TestSend
        input={empty ? null : { channel: draft.channel, ...choiceOf(draft) }}
        values={recipient}
      />
    </section>
  );
}
