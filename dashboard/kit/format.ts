const COUNT = new Intl.NumberFormat("en");
const PERCENT = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });
const EXACT = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "long" });
const DAY = new Intl.DateTimeFormat("en", { dateStyle: "medium" });
const CLOCK = new Intl.DateTimeFormat("en", {
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

const STEPS = [
  [60, "s"],
  [60, "min"],
  [24, "h"],
  [Infinity, "d"],
] as const;

/** 12400 → "12,400" */
export function formatCount(count: number): string {
  return COUNT.format(count);
}

/** 0.992 → "99.2%" */
export function formatFraction(fraction: number): string {
  return PERCENT.format(fraction);
}

/** Amount of money, small ones with more decimals: "$12.50", "$0.0072" */
export function formatMoney(
  { amount, currency }: { readonly amount: string | number; readonly currency: string },
): string {
  const value = Number(amount);
  const small = value !== 0 && Math.abs(value) < 1;
  return new Intl.NumberFormat("en", {
    style: "currency",
    currency,
    minimumFractionDigits: 2,
    maximumFractionDigits: small ? Math.abs(value) < 0.01 ? 6 : 4 : 2,
  }).format(value);
}

/** Rate per second: 0.25 → "15/min", 1180.4 → "1,180/s" */
export function formatRate(perSecond: number): string {
  if (perSecond > 0 && perSecond < 1) return `${COUNT.format(Math.round(perSecond * 60))}/min`;
  return `${COUNT.format(Math.round(perSecond))}/s`;
}

/** Length of time with its largest unit: 24_000 → "24 s" */
export function formatDuration(ms: number): string {
  let value = Math.abs(ms) / 1000;
  for (const [size, unit] of STEPS) {
    if (Math.round(value) < size) return `${Math.round(value)} ${unit}`;
    value /= size;
  }
  return "";
}

/** Length of a run, exact to the millisecond below a second: 80 → "80 ms", 1_240 → "1.2 s", 24_000 → "24 s" */
export function formatElapsed(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : formatDuration(ms);
}

/** Time as distance from now: "2 min ago", "in 3 h", "now" */
export function formatRelative(time: number, now: number): string {
  const distance = time - now;
  if (Math.abs(distance) < 5_000) return "now";
  const length = formatDuration(distance);
  return distance < 0 ? `${length} ago` : `in ${length}`;
}

/** Exact time with its zone. */
export function formatExact(time: string | number): string {
  return EXACT.format(new Date(time));
}

/** Day: "Jan 31, 2026" */
export function formatDay(time: string | number): string {
  return DAY.format(new Date(time));
}

/** Time of day: "10:41" */
export function formatClock(time: string | number): string {
  return CLOCK.format(new Date(time));
}

/** "PARTIALLY_SENT" → "Partially sent", "AI" → "AI" */
export function formatEnum(value: string): string {
  const words = value.toLowerCase().replaceAll("_", " ").replace(/\bai\b/, "AI");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** "1 recipient", "2,000 recipients" */
export function formatNumberOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${COUNT.format(count)} ${count === 1 ? singular : plural}`;
}
