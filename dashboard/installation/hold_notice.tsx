import { Alert, Button } from "@mantine/core";
import { IconHandStop, IconInbox } from "@tabler/icons-react";
import { useState } from "react";
import { failureOf, useAction } from "../kit/action.ts";
import { Confirm, type Question } from "../kit/confirm.tsx";
import { formatCount, formatNumberOf } from "../kit/format.ts";
import { PageLink } from "../kit/links.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { type Installation, ReleaseHold } from "./operations.ts";

/** Notices of an installation that sends nothing: on hold, or mail captured to files. */
export function HoldNotice({ installation: { hold, mailCaptured } }: {
  readonly installation: Installation;
}) {
  return (
    <>
      {hold && <Held hold={hold} />}
      {mailCaptured && (
        <Alert className="notice patience" icon={<IconInbox size={18} aria-hidden />}>
          Emails are written to files in the data directory and not sent, because no mail server is
          configured. Set SMTP_URLS and restart to send them.
        </Alert>
      )}
    </>
  );
}

function Held({ hold }: { readonly hold: NonNullable<Installation["hold"]> }) {
  const release = useAction(ReleaseHold, (data) => data.releaseHold);
  const [question, setQuestion] = useState<Question | null>(null);
  const { since, reason, pendingMessageCount, pendingDeliveryCount } = hold;
  const messages = formatNumberOf(pendingMessageCount, "message");
  const recipients = formatNumberOf(pendingDeliveryCount, "recipient");

  function ask() {
    setQuestion({
      title: "Release the hold?",
      body:
        `${messages} to ${recipients} continue at once, jobs start and schedules fire again. What ` +
        `was sent after the backup may be sent twice: cancel those messages first. This cannot be ` +
        `undone.`,
      action: `Release and send to ${formatCount(pendingDeliveryCount)}`,
      danger: true,
      run: async () => failureOf(await release.run({})),
    });
  }

  return (
    <Alert
      className="notice person"
      icon={<IconHandStop size={18} aria-hidden />}
      title={
        <>
          On hold since <RelativeTime at={since} />: nothing is sent
        </>
      }
    >
      <p>{reason}</p>
      <p>
        After the release{" "}
        <PageLink to="/messages" search={{ status: "SCHEDULED,PLANNING,SENDING", quotes: "1" }}>
          {messages}
        </PageLink>{" "}
        to {recipients} of all organizations will be sent.
      </p>
      <Button size="compact-md" className="danger" onClick={ask}>Release …</Button>
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </Alert>
  );
}
