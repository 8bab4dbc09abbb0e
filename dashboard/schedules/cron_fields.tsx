import { Select, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "urql";
import { NextTicks } from "./next_ticks.tsx";
import { SchedulePreviewQuery } from "./operations.ts";

const TYPING_MS = 250;
const TIMEZONES = [...new Set(["UTC", ...Intl.supportedValuesOf("timeZone")])];

/** A cron expression with its time zone. */
export interface CronDraft {
  readonly cron: string;
  readonly timezone: string;
}

/** Cron expression and time zone, with their meaning and next ticks, or the reason why they are refused. */
export function CronFields({ draft, onChange }: {
  readonly draft: CronDraft;
  readonly onChange: (draft: CronDraft) => void;
}) {
  const [variables] = useDebouncedValue(draft, TYPING_MS);
  const [{ data }] = useQuery({ query: SchedulePreviewQuery, variables });
  const preview = data?.schedulePreview;
  const refused = preview?.__typename === "InvalidInputError" ? preview.issues : [];
  const errorOf = (field: string) => refused.find(({ path }) => path[0] === field)?.message;
  return (
    <>
      <TextInput
        label="Cron expression"
        description="Minute, hour, day of month, month, day of week"
        classNames={{ input: "json-input" }}
        value={draft.cron}
        error={errorOf("cron")}
        onChange={(event) => onChange({ ...draft, cron: event.currentTarget.value })}
      />
      <Select
        label="Time zone"
        searchable
        allowDeselect={false}
        limit={100}
        data={TIMEZONES}
        value={draft.timezone}
        error={errorOf("timezone")}
        onChange={(timezone) => timezone && onChange({ ...draft, timezone })}
      />
      <div role="status" className="cron-meaning">
        {preview?.__typename === "SchedulePreview" && (
          <>
            <strong>{preview.words}</strong>
            <NextTicks ticks={preview.nextTicks} timezone={variables.timezone} />
          </>
        )}
      </div>
    </>
  );
}
