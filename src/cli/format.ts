const UNITS = [["day", 86_400_000], ["hour", 3_600_000], ["minute", 60_000], [
  "second",
  1_000,
]] as const;
const relative = new Intl.RelativeTimeFormat("en", { numeric: "always", style: "narrow" });
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** Time relative to now: "3min ago", "in 2hr", "now"; "–" for null. */
export function ago(time: string | null): string {
  if (time === null) return "–";
  const ms = Date.parse(time) - Date.now();
  const found = UNITS.find(([, size]) => Math.abs(ms) >= size);
  if (!found) return "now";
  const [unit, size] = found;
  return relative.format(Math.round(ms / size), unit);
}

/** Duration in the largest unit that fits: "24 s", "3 min". */
export function duration(ms: number | null): string {
  if (ms === null) return "–";
  const [unit, size] = UNITS.find(([, size]) => ms >= size) ?? ["second", 1_000];
  return new Intl.NumberFormat("en", { style: "unit", unit, maximumFractionDigits: 0 }).format(
    ms / size,
  );
}

/** A number with separators: 71,204. */
export function count(value: number): string {
  return whole.format(value);
}

/** A fraction from 0 to 1 as percent: "71 %"; "–" for null. */
export function percent(fraction: number | null): string {
  return fraction === null ? "–" : `${Math.floor(fraction * 100)} %`;
}
