import { Button, Group, Select, Stack, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { IconSend } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { failureOf, useAction } from "../../kit/action.ts";
import { Confirm, type Question } from "../../kit/confirm.tsx";
import { CopyGraphQL } from "../../kit/copy_graphql.tsx";
import { ErrorNotice } from "../../kit/error_notice.tsx";
import { PageHead } from "../../kit/page_head.tsx";
import { useUrlState } from "../../kit/url_state.ts";
import { ContentField } from "./content_field.tsx";
import { useDraft } from "./draft.ts";
import { contentOf, faultsOf, sendInputOf } from "./input.ts";
import { Preview } from "./preview.tsx";
import { RecipientsField } from "./recipients_field.tsx";
import { RetryField } from "./retry_field.tsx";
import { SendMessage } from "./send.ts";
import { SendSummary } from "./send_summary.tsx";
import { useChosenTemplate } from "./template_field.tsx";
import { WhenField } from "./when_field.tsx";

/** Form of a new message, with its preview beside it. */
export default function ComposePage() {
  const [{ template: templateId }] = useUrlState();
  const [draft, change, discard] = useDraft(templateId);
  const template = useChosenTemplate(draft);
  const navigate = useNavigate();
  const send = useAction(SendMessage, (data) => data.sendMessage);
  const [faults, setFaults] = useState<Readonly<Record<string, string>>>({});
  const [question, setQuestion] = useState<Question | null>(null);

  const input = useMemo(() => sendInputOf(draft, template), [draft, template]);

  // Faults of the server have the path of the field: ["content", "text"], ["to", "list", "3", "address"].
  function errorOf(...path: string[]): string | undefined {
    return faults[path.join(".")] ?? send.issueOf(...path);
  }

  function reset() {
    discard();
    setFaults({});
    send.clear();
  }

  function askToDiscard() {
    setQuestion({
      title: "Discard this draft?",
      body: "Its recipients and its content are deleted. This cannot be undone.",
      action: "Discard the draft",
      danger: true,
      run() {
        reset();
        return Promise.resolve(null);
      },
    });
  }

  function ask() {
    const found = faultsOf(draft);
    setFaults(found);
    if (Object.keys(found).length > 0) return;
    setQuestion({
      title: draft.sendAt === null ? "Send this message now?" : "Schedule this message?",
      body: <SendSummary input={input} template={template} />,
      action: draft.sendAt === null ? "Send now" : "Schedule",
      run: async () => {
        const done = await send.run({ input });
        if (!("message" in done)) return failureOf(done);
        reset();
        navigate({ to: `/messages/${done.message.id}` });
        return null;
      },
    });
  }

  return (
    <>
      <PageHead title="Compose">
        <CopyGraphQL operation={SendMessage} variables={{ input }} />
        <Button variant="subtle" onClick={askToDiscard}>Discard …</Button>
        <Button leftSection={<IconSend size={15} />} onClick={ask}>
          {draft.sendAt === null ? "Send …" : "Schedule …"}
        </Button>
      </PageHead>
      <div className="compose">
        <div>
          {send.failure && <ErrorNotice reason={send.failure.reason} />}
          {Object.keys(faults).length > 0 && (
            <ErrorNotice reason="Some fields need a correction; see below." />
          )}
          <fieldset>
            <legend>Message</legend>
            <Stack gap="sm">
              <Select
                label="Channel"
                w={240}
                allowDeselect={false}
                value={draft.channel}
                error={errorOf("channel")}
                data={[
                  { value: "EMAIL", label: "Email" },
                  { value: "MESSENGER", label: "Messenger (text only)" },
                ]}
                onChange={(value) =>
                  change({
                    channel: value === "MESSENGER" ? "MESSENGER" : "EMAIL",
                    audienceId: null,
                  })}
              />
              <Group grow align="start">
                <TextInput
                  label="Title (optional)"
                  description="For your history; otherwise the subject"
                  value={draft.title}
                  error={errorOf("title")}
                  onChange={(event) => change({ title: event.currentTarget.value })}
                />
                <TextInput
                  label="Type"
                  description="For reports: newsletter, welcome …"
                  value={draft.type}
                  error={errorOf("type")}
                  onChange={(event) => change({ type: event.currentTarget.value })}
                />
              </Group>
            </Stack>
          </fieldset>
          <RecipientsField draft={draft} onChange={change} error={errorOf("to")} />
          <ContentField draft={draft} template={template} onChange={change} errorOf={errorOf} />
          <RetryField draft={draft} onChange={change} errorOf={errorOf} />
          <WhenField draft={draft} onChange={change} error={errorOf("sendAt")} />
        </div>
        <Preview draft={draft} content={contentOf(draft, template)} />
      </div>
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </>
  );
}
