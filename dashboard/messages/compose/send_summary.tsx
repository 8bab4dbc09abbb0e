import { useQuery } from "urql";
import { formatCount, formatExact } from "../../kit/format.ts";
import { AudienceQuery } from "./audience_select.tsx";
import type { Draft } from "./draft.ts";
import { readPasted } from "./pasted.ts";

/** Summary of the message, shown before it is sent. */
export function SendSummary({ draft }: { readonly draft: Draft }) {
  const [{ data }] = useQuery({
    query: AudienceQuery,
    variables: { id: draft.audienceId ?? "" },
    pause: draft.source !== "audience",
  });
  const { recipients, duplicates } = readPasted(draft.pasted);
  const audience = draft.source === "audience" ? data?.audience : null;
  const count = draft.source === "paste" ? recipients.length : audience?.recipientCount;
  const facts: readonly (readonly [label: string, value: string | undefined])[] = [
    ["Recipients", count === undefined ? "…" : formatCount(count)],
    ["Audience", audience?.name],
    [
      "Repetitions left out",
      draft.source === "paste" && duplicates > 0 ? formatCount(duplicates) : undefined,
    ],
    ["Channel", draft.channel === "EMAIL" ? "E-mail" : "Messenger"],
    ["Subject", draft.subject],
    ["When", draft.sendAt ? formatExact(draft.sendAt) : "now"],
    ["Attempts", `${draft.maxAttempts}`],
  ];
  return (
    <>
      <dl className="facts">
        {facts.map(([label, value]) =>
          value !== undefined && (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          )
        )}
      </dl>
      <p className="dimmed">
        Recipients on the suppression list are left out and shown as suppressed. What was sent
        cannot be called back; you can pause or cancel the rest at any time.
      </p>
    </>
  );
}
