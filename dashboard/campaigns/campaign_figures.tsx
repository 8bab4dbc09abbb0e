import { Figure, Figures } from "../kit/figures.tsx";
import { formatCount } from "../kit/format.ts";
import type { Tone } from "../kit/tone.ts";
import type { CampaignRow } from "./operations.ts";

/** Numbers of enrolled contacts, and of their mails by state. */
export function CampaignFigures({ stats }: { readonly stats: CampaignRow["stats"] }) {
  const figures: readonly (readonly [label: string, count: number, tone?: Tone])[] = [
    ["Enrolled", stats.total],
    ["Sent", stats.sent, "done"],
    ["Failed", stats.failed, "person"],
    ["Bounced", stats.bounced, "person"],
    ["Complained", stats.complained, "person"],
    ["Unknown", stats.unknown, "patience"],
    ["Suppressed", stats.suppressed, "wait"],
    ["Waiting", stats.pending + stats.sending, "wait"],
  ];
  return (
    <Figures>
      {figures.map(([label, count, tone]) => (
        <Figure key={label} label={label} tone={count > 0 ? tone : undefined}>
          {formatCount(count)}
        </Figure>
      ))}
    </Figures>
  );
}
