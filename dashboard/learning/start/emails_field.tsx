import { Anchor, Checkbox, Group, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { ErrorNotice, reasonOf } from "../../kit/error_notice.tsx";
import { FilterBar, SearchFilter } from "../../kit/filters.tsx";
import { formatCount, formatNumberOf } from "../../kit/format.ts";
import { useLiveList } from "../../kit/live_list.ts";
import { EmailOptions } from "./email_options.tsx";
import { MAX_CHOSEN } from "./form.ts";
import { LEARNABLE_EMAILS } from "./learnable_emails.ts";

/** Initial filter: all mails that were not learned yet. Days are local dates: "2026-01-31"; empty: no limit. */
const ALL_NEW = { search: "", from: "", through: "", onlyNew: true };

/** Choice of single mails to learn from, by a search, a period and check boxes. */
export function EmailsField({ chosen, onChange, error }: {
  readonly chosen: ReadonlySet<string>;
  readonly onChange: (chosen: ReadonlySet<string>) => void;
  readonly error: string | undefined;
}) {
  const [filter, setFilter] = useState(ALL_NEW);
  const list = useLiveList(LEARNABLE_EMAILS, { filter: filterOf(filter) });
  const { rows, totalCount, hasMore } = list;
  const change = (changes: Partial<typeof filter>) => setFilter({ ...filter, ...changes });
  const excess = chosen.size - MAX_CHOSEN;
  const fault = excess > 0
    ? `Choose at most ${formatCount(MAX_CHOSEN)} mails for one run: ${
      formatCount(excess)
    } too many.`
    : error;

  function toggle(id: string) {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChange(next);
  }

  return (
    <Stack gap="xs" role="group" aria-label="Choice of mails" className="emails-field">
      <FilterBar>
        <SearchFilter
          label="Search subject or recipient"
          value={filter.search}
          onChange={(search) => change({ search })}
        />
        <DayField label="From" value={filter.from} onChange={(from) => change({ from })} />
        <DayField label="To" value={filter.through} onChange={(through) => change({ through })} />
        <Checkbox
          size="xs"
          label="Not learned yet"
          checked={filter.onlyNew}
          onChange={(event) => change({ onlyNew: event.currentTarget.checked })}
        />
      </FilterBar>
      {list.error
        ? <ErrorNotice reason={reasonOf(list.error)} onRetry={list.retry} />
        : (
          <EmailOptions
            list={list}
            chosen={chosen}
            onToggle={toggle}
            empty={filter.onlyNew
              ? "No mail matches. Clear “Not learned yet” to see the mails that were learned before, too."
              : "No mail matches. Only sent mails with text of their own are listed."}
          />
        )}
      <Group justify="space-between" gap="xs">
        <Text size="sm" role="status" className="numbers">
          {formatCount(chosen.size)} of up to {formatCount(MAX_CHOSEN)} chosen
          {chosen.size > 0 && (
            <Anchor
              component="button"
              type="button"
              ml="xs"
              onClick={() => onChange(new Set())}
            >
              Clear
            </Anchor>
          )}
        </Text>
        <Group gap="sm">
          {rows.length > 0 && (
            <Anchor
              component="button"
              type="button"
              size="sm"
              onClick={() => onChange(new Set([...chosen, ...rows.map(({ id }) => id)]))}
            >
              Select all {formatCount(rows.length)} shown
            </Anchor>
          )}
          {hasMore && (
            <Anchor component="button" type="button" size="sm" onClick={list.loadMore}>
              {totalCount === null
                ? "Show more"
                : `Show more of ${formatNumberOf(totalCount, "mail")}`}
            </Anchor>
          )}
        </Group>
      </Group>
      {fault && <Text size="sm" role="alert" className="tone-person">{fault}</Text>}
    </Stack>
  );
}

function DayField({ label, value, onChange }: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (day: string) => void;
}) {
  return (
    <TextInput
      type="date"
      size="xs"
      aria-label={`Sent ${label.toLowerCase()}`}
      leftSection={<Text size="xs" className="dimmed">{label}</Text>}
      leftSectionWidth={44}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function filterOf({ search, from, through, onlyNew }: typeof ALL_NEW) {
  return {
    search: search || null,
    sentFrom: from ? new Date(`${from}T00:00`).toISOString() : null,
    sentTo: through ? dayAfter(through) : null,
    learned: onlyNew ? false : null,
  };
}

function dayAfter(day: string): string {
  const date = new Date(`${day}T00:00`);
  date.setDate(date.getDate() + 1);
  return date.toISOString();
}
