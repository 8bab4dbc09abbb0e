import { Button } from "@mantine/core";
import { IconArrowBackUp, IconPaperclip } from "@tabler/icons-react";
import { useState } from "react";
import { DeliveryStatusBadge } from "../deliveries/delivery_status.tsx";
import { formatError } from "../deliveries/error_text.tsx";
import { formatEnum, formatNumberOf } from "../kit/format.ts";
import { PageLink } from "../kit/links.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { LinkedText } from "./linked_text.tsx";
import type { Mail } from "./thread_query.ts";

/** A mail of a thread: one line, or all of it. */
export function MailItem({ mail, opened }: { readonly mail: Mail; readonly opened: boolean }) {
  const { id, from, fromName, to, direction, receivedAt, replyText, text, delivery } = mail;
  return (
    <details className="mail" id={id} open={opened} data-direction={direction}>
      <summary>
        {direction === "OUTBOUND" && <IconArrowBackUp size={15} aria-label="Sent:" />}
        <strong title={from}>{fromName ?? from}</strong>
        <Marks mail={mail} />
        <span className="mail-excerpt dimmed">{replyText || text}</span>
        <RelativeTime at={receivedAt} />
      </summary>
      <p className="mail-addresses dimmed">
        {from} → {to.join(", ") || "no named recipient"}
      </p>
      <Text mail={mail} />
      {delivery && <Delivery delivery={delivery} />}
    </details>
  );
}

/** Opens a mail of the page, and moves the focus to it. */
export function showMail(id: string): void {
  const mail = document.getElementById(id);
  if (!(mail instanceof HTMLDetailsElement)) return;
  mail.open = true;
  mail.scrollIntoView({ block: "center" });
  mail.querySelector("summary")?.focus();
}

/** Properties to show before the text. */
function Marks({ mail: { kind, attachmentCount } }: { readonly mail: Mail }) {
  return (
    <>
      {kind !== "PERSON" && kind !== "OWN" && <span className="mark">{formatEnum(kind)}</span>}
      {attachmentCount > 0 && (
        <span
          className="mark"
          title="Attachments are counted, not stored: see them in the mailbox of the organization."
        >
          <IconPaperclip size={13} aria-hidden />
          {formatNumberOf(attachmentCount, "attachment")}
        </span>
      )}
    </>
  );
}

/** Text of the sender without quotes and signature; the whole mail on request. */
function Text({ mail: { text, replyText } }: { readonly mail: Mail }) {
  const [whole, setWhole] = useState(false);
  // A mail that consists of quotes has no text of its own.
  const own = replyText || text;
  const hidesParts = own.trim() !== text.trim();
  return (
    <>
      <LinkedText text={whole ? text : own} />
      {hidesParts && (
        <Button size="compact-xs" variant="subtle" onClick={() => setWhole(!whole)}>
          {whole ? "Hide quotes and signature" : "Show quotes and signature"}
        </Button>
      )}
    </>
  );
}

function Delivery({ delivery: { id, status, error } }: {
  readonly delivery: NonNullable<Mail["delivery"]>;
}) {
  return (
    <p className="mail-delivery">
      <PageLink to={`/deliveries/${id}`}>
        <DeliveryStatusBadge status={status} />
      </PageLink>
      {error && status !== "SENT" && <span className="tone-person">{formatError(error)}</span>}
    </p>
  );
}
