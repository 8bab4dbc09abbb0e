import { Button, Group } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { formatClock } from "../kit/format.ts";
import { PageLink } from "../kit/links.tsx";
import { CampaignState } from "./campaign_state.tsx";
import { daysOf, monthAfter, monthOf } from "./month.ts";
import type { CampaignRow } from "./operations.ts";

const TITLE = new Intl.DateTimeFormat("en", { month: "long", year: "numeric" });
const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** Campaigns of one month by their dates, in the time zone of this computer. */
export function Calendar({ campaigns, month, onMonth }: {
  readonly campaigns: readonly CampaignRow[];
  /** `2030-03`; absent: the present one. */
  readonly month: string | undefined;
  readonly onMonth: (month: string) => void;
}) {
  const shown = month ?? monthOf(new Date());
  const byDay = Map.groupBy(
    campaigns.flatMap(({ sendAt, ...campaign }) => sendAt ? [{ ...campaign, sendAt }] : []),
    ({ sendAt }) => new Date(sendAt).toDateString(),
  );
  const title = TITLE.format(new Date(`${shown}-01T00:00`));
  return (
    <section className="calendar" aria-label={`Calendar of ${title}`}>
      <Group gap="xs">
        <Button
          size="compact-sm"
          variant="default"
          aria-label="Previous month"
          onClick={() => onMonth(monthAfter(shown, -1))}
        >
          <IconChevronLeft size={15} />
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          aria-label="Next month"
          onClick={() => onMonth(monthAfter(shown, 1))}
        >
          <IconChevronRight size={15} />
        </Button>
        <h2>{title}</h2>
      </Group>
      <div className="calendar-grid">
        {WEEKDAYS.map((name) => <div key={name} className="calendar-weekday">{name}</div>)}
        {daysOf(shown).map((day) => (
          <Day
            key={day.toDateString()}
            day={day}
            within={monthOf(day) === shown}
            campaigns={byDay.get(day.toDateString()) ?? []}
          />
        ))}
      </div>
    </section>
  );
}

function Day({ day, within, campaigns }: {
  readonly day: Date;
  readonly within: boolean;
  readonly campaigns: readonly (CampaignRow & { readonly sendAt: string })[];
}) {
  const isToday = day.toDateString() === new Date().toDateString();
  return (
    <div
      className="calendar-day"
      data-outside={!within || undefined}
      data-today={isToday || undefined}
    >
      <span className="numbers">{day.getDate()}</span>
      {campaigns.toSorted((a, b) => a.sendAt < b.sendAt ? -1 : 1).map((campaign) => (
        <PageLink key={campaign.id} to={`/campaigns/${campaign.id}`} title={campaign.type}>
          <span className="numbers">{formatClock(campaign.sendAt)}</span> {campaign.name}{" "}
          <CampaignState campaign={campaign} />
        </PageLink>
      ))}
    </div>
  );
}
