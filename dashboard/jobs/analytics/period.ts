import type { VariablesOf } from "../../api/graphql.ts";
import type { JobAnalyticsQuery } from "./operations.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Name of a period in the URL. */
export type PeriodName = "1h" | "24h" | "7d" | "30d" | "90d";

/** Period of the analytics. */
interface Period {
  readonly label: string;
  readonly ms: number;
  /** Length of the intervals of its chart. */
  readonly bucket: VariablesOf<typeof JobAnalyticsQuery>["bucket"];
}

/** All periods. Results are kept for 90 days. */
export const PERIODS: Readonly<Record<PeriodName, Period>> = {
  "1h": { label: "Last hour", ms: HOUR_MS, bucket: "MINUTE" },
  "24h": { label: "24 h", ms: DAY_MS, bucket: "HOUR" },
  "7d": { label: "7 days", ms: 7 * DAY_MS, bucket: "HOUR" },
  "30d": { label: "30 days", ms: 30 * DAY_MS, bucket: "DAY" },
  "90d": { label: "90 days", ms: 90 * DAY_MS, bucket: "DAY" },
};

/** True for the name of a period. */
export function isPeriodName(name: string | undefined): name is PeriodName {
  return name !== undefined && Object.hasOwn(PERIODS, name);
}

/** End of the current minute, in ms: the results of that minute count. */
export function endOfMinute(): number {
  return Math.ceil(Date.now() / MINUTE_MS) * MINUTE_MS;
}
