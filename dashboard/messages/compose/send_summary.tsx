import { Skeleton } from "@mantine/core";
import { useQuery } from "urql";
import type { VariablesOf } from "../../api/graphql.ts";
import { ErrorNotice, reasonOf } from "../../kit/error_notice.tsx";
import { formatCount, formatDuration, formatExact } from "../../kit/format.ts";
import { MessagePreviewQuery } from "./send.ts";
import type { ChosenTemplate } from "./template_field.tsx";

type SendInput = VariablesOf<typeof MessagePreviewQuery>["input"];

/** Summary of a message before it is sent: how many recipients, through which provider, and how long. */
export function SendSummary({ input, template }: {
  readonly input: SendInput;
  readonly template: ChosenTemplate | null;
}) {
  const [{ data, error }] = useQuery({
    query: MessagePreviewQuery,
    variables: { input },
    requestPolicy: "network-only",
  });
  const result = data?.messagePreview;
  if (error) return <ErrorNotice reason={reasonOf(error)} />;
  if (!result) return <Skeleton height={160} />;
  if (result.__typename !== "MessagePreview") return <ErrorNotice reason={result.reason} />;
  const { recipientCount, duplicates, suppressed, providers, captured, minDurationMs } = result;
  const { withoutAddress } = result;
  const facts: readonly (readonly [label: string, value: string | false])[] = [
    ["Recipients", formatCount(recipientCount - suppressed)],
    ["Suppressed", suppressed > 0 && `${formatCount(suppressed)}, left out`],
    ["Duplicates", duplicates > 0 && `${formatCount(duplicates)}, left out`],
    [
      "Without an address",
      withoutAddress !== null && withoutAddress > 0 && `${formatCount(withoutAddress)}, left out`,
    ],
    ["Channel", input.channel === "MESSENGER" ? "Messenger" : "Email"],
    [
      "Provider",
      captured ? "none: emails are written to files" : providers.join(", then ") || "none",
    ],
    ["Template", template !== null && `${template.name}, version ${template.version}`],
    ["Subject", template?.content.subject ?? input.content?.subject ?? ""],
    ["When", input.sendAt ? formatExact(input.sendAt) : "now"],
    [
      "Takes at least",
      minDurationMs !== null && `${formatDuration(minDurationMs)}, at the rate limit`,
    ],
    ["Attempts", `up to ${input.retry?.maxAttempts ?? 3} per recipient`],
  ];
  return (
    <>
      <dl className="facts">
        {facts.map(([label, value]) =>
          value && (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          )
        )}
      </dl>
      <p className="dimmed">
        Sent mails cannot be recalled. You can pause or cancel the remaining ones at any time.
      </p>
    </>
  );
}
