import { Checkbox, Skeleton } from "@mantine/core";
import type { KeyboardEvent } from "react";
import { formatDay } from "../../kit/format.ts";
import type { LiveList } from "../../kit/live_list.ts";
import type { LearnableEmail } from "./learnable_emails.ts";

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

/** Mails with check boxes. The arrow keys move between them, and the space bar chooses a mail. */
export function EmailOptions({ list, chosen, onToggle, empty }: {
  readonly list: LiveList<LearnableEmail>;
  readonly chosen: ReadonlySet<string>;
  readonly onToggle: (id: string) => void;
  /** Shown instead of mails if none matches. */
  readonly empty: string;
}) {
  const { rows, known, stale } = list;
  if (!known) return <Skeleton height={120} />;
  if (rows.length === 0 && !stale) return <p className="dimmed">{empty}</p>;
  return (
    <ul className="email-options" aria-label="Mails" aria-busy={stale} onKeyDown={move}>
      {rows.map(({ id, subject, to, receivedAt, learnedAt }) => (
        <li key={id}>
          <Checkbox
            size="xs"
            checked={chosen.has(id)}
            onChange={() => onToggle(id)}
            label={subject || "(no subject)"}
            description={[
              recipientText(to),
              formatDay(receivedAt),
              learnedAt && `learned ${formatDay(learnedAt)}`,
            ].filter(Boolean).join(" · ")}
          />
        </li>
      ))}
    </ul>
  );
}

function recipientText([first, ...others]: readonly string[]): string {
  if (first === undefined) return "";
  return others.length === 0 ? `to ${first}` : `to ${first} and ${others.length} more`;
}

function move(event: KeyboardEvent<HTMLUListElement>) {
  const step = STEPS[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const boxes = [...event.currentTarget.querySelectorAll<HTMLInputElement>("input")];
  const index = boxes.findIndex((box) => box === event.target);
  boxes[index + step]?.focus();
}
