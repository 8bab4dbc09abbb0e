import { type Connection, statement } from "../../db/database.ts";
import { type Money, moneyOf } from "../money.ts";
import { AI_CURRENCY } from "./call.ts";
import { AI_SUMS, type AiSums, type AiTotals, endedCalls, totalsOf } from "./usage.ts";

/** Calls of the language model of one organization in the current day of its budget, and the budget. */
export interface AiToday extends AiTotals {
  /** Number of running calls. */
  readonly running: number;
  /** Limit per day; null: none. */
  readonly budget: Money | null;
  /** Share of the limit at which ADMINs are notified. */
  readonly warnAtFraction: number;
  /** Time zone of the days. */
  readonly timezone: string;
  /** Whether the time zone was set for the budget; otherwise it is that of the organization. */
  readonly timezoneSet: boolean;
  /** Cost of the calls that have ended, with the upper bounds of those whose cost is unknown; null: no budget. */
  readonly spent: Money | null;
  /** Sum of the upper bounds of running calls; null: no budget. */
  readonly reserved: Money | null;
  /** Time until which calls that exceed the budget are refused; null: none was refused today. */
  readonly pausedUntil: Date | null;
  readonly dayStart: Date;
  readonly dayEnd: Date;
}

interface Row extends AiSums {
  readonly running: number;
  readonly perDayMicros: number | null;
  readonly warnAtFraction: number;
  readonly timezone: string;
  readonly timezoneSet: boolean;
  readonly spentMicros: number;
  readonly reservedMicros: number;
  readonly pausedUntil: Date | null;
  readonly dayStart: Date;
  readonly dayEnd: Date;
}

// Until the first call of a day, the row of the budget is that of an earlier day.
const TODAY = statement<[organizationId: string], Row>(
  "aiBudgets.today",
  `with day as materialized (
     select z.zone as timezone, b.timezone is not null as "timezoneSet",
       b.per_day_micros as "perDayMicros", coalesce(b.warn_at_fraction, 0.8) as "warnAtFraction",
       case when now() < b.day_end then b.spent_micros else 0 end as "spentMicros",
       case when now() < b.day_end then b.reserved_micros else 0 end as "reservedMicros",
       case when now() < b.paused_until then b.paused_until end as "pausedUntil",
       case when now() < b.day_end then b.day_start
         else date_trunc('day', now(), z.zone) end as "dayStart",
       case when now() < b.day_end then b.day_end
         else (date_trunc('day', now() at time zone z.zone) + interval '1 day') at time zone z.zone
         end as "dayEnd"
     from organizations o left join ai_budgets b on b.organization_id = o.id,
       lateral (select coalesce(b.timezone, o.timezone) as zone) z
     where o.id = $1
   )
   select day.*, sums.*, (select count(*) from ai_calls
     where organization_id = $1 and not counted and outcome is null) as running
   from day, lateral (
     select ${AI_SUMS} from (${endedCalls("$1", 'day."dayStart"', 'day."dayEnd"')}) e) sums`,
);

/** Reads the calls of an organization in the current day, and its budget, without a check of access. */
export async function readAiToday(db: Connection, organizationId: string): Promise<AiToday> {
  const [row] = await db.run(TODAY, organizationId);
  if (!row) throw new Error(`Cannot read the budget: organization ${organizationId} is gone`);
  const { perDayMicros, spentMicros, reservedMicros } = row;
  const money = (micros: number) => moneyOf(BigInt(micros), AI_CURRENCY);
  const ifLimited = (micros: number) => perDayMicros === null ? null : money(micros);
  return {
    ...totalsOf(row),
    running: row.running,
    budget: ifLimited(perDayMicros ?? 0),
    warnAtFraction: row.warnAtFraction,
    timezone: row.timezone,
    timezoneSet: row.timezoneSet,
    spent: ifLimited(spentMicros),
    reserved: ifLimited(reservedMicros),
    pausedUntil: row.pausedUntil,
    dayStart: row.dayStart,
    dayEnd: row.dayEnd,
  };
}
