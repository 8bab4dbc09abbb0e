import { NativeSelect, TextInput } from "@mantine/core";
import type { UrlState } from "../kit/url_state.ts";

const CHOICES = [
  { value: "", label: "Created at any time" },
  { value: "15m", label: "Created in the last 15 min" },
  { value: "1h", label: "Created in the last hour" },
  { value: "24h", label: "Created in the last 24 h" },
  { value: "7d", label: "Created in the last 7 days" },
  { value: "between", label: "Created between …" },
];

/** Filter by the time of creation: a recent period, or two times in the zone of this computer. */
export function TimeFilter({ state, onChange }: {
  readonly state: UrlState;
  readonly onChange: (changes: UrlState) => void;
}) {
  const value = state.since ?? (state.from || state.to ? "between" : "");
  return (
    <>
      <NativeSelect
        size="xs"
        aria-label="Time of creation"
        data={CHOICES}
        value={value}
        onChange={(event) =>
          onChange({ since: event.currentTarget.value, from: undefined, to: undefined })}
      />
      {value === "between" && (["from", "to"] as const).map((edge) => (
        <TextInput
          key={edge}
          size="xs"
          type="datetime-local"
          aria-label={edge === "from" ? "Created at or after" : "Created before"}
          value={toLocal(state[edge])}
          onChange={(event) => onChange({ [edge]: toIso(event.currentTarget.value) })}
        />
      ))}
    </>
  );
}

// The input shows local time without a zone; the URL holds an exact time.
function toLocal(iso: string | undefined): string {
  const time = iso ? new Date(iso) : null;
  if (!time || Number.isNaN(time.getTime())) return "";
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function toIso(local: string): string | undefined {
  return local === "" ? undefined : new Date(local).toISOString();
}
