import { type Connection, statement } from "../../db/database.ts";
import { isInvalidParameter } from "../../db/sqlstate.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import { InvalidInputError, type Issue } from "../errors.ts";
import { wakeBudgetWaits } from "../jobs/wake.ts";
import { type Money, readMicros } from "../money.ts";
import type { Services } from "../services.ts";
import { issuesOfTimezone, unknownTimezone } from "../timezone.ts";
import { checkCurrency } from "./prices.ts";

/** Input of `updateBudget`; an absent field keeps its value. */
export interface UpdateBudgetInput {
  /** Limit per day; null: none. */
  readonly perDay?: Money | null;
  /** Share of the limit at which ADMINs are notified, above 0 and up to 1; null: 0.8. */
  readonly warnAtFraction?: number | null;
  /** IANA time zone of the days; null: that of the organization. */
  readonly timezone?: string | null;
}

interface StoredBudget {
  readonly perDayMicros: number | null;
  readonly warnAtFraction: number;
  readonly timezone: string | null;
}

const DEFAULT: StoredBudget = { perDayMicros: null, warnAtFraction: 0.8, timezone: null };

const FIND = statement<[organizationId: string], StoredBudget>(
  "aiBudgets.find",
  `select per_day_micros as "perDayMicros", warn_at_fraction as "warnAtFraction", timezone
   from ai_budgets where organization_id = $1`,
);

const ZONE_OF =
  `select coalesce($2::text, o.timezone) as zone from organizations o where o.id = $1`;

// Locks the running calls before the budget, as settling them does.
const ADOPT = statement<[organizationId: string, timezone: string | null]>(
  "aiBudgets.adoptCalls",
  `update ai_calls c set budget_day = date_trunc('day', now(), z.zone) from (${ZONE_OF}) z
   where c.organization_id = $1 and not c.counted and c.outcome is null
     and c.started_at >= date_trunc('day', now(), z.zone)`,
);

const UPDATE = statement<
  [
    organizationId: string,
    timezone: string | null,
    perDayMicros: number | null,
    warnAtFraction: number,
    userId: string | null,
  ]
>(
  "aiBudgets.update",
  `insert into ai_budgets as b (organization_id, timezone, per_day_micros, warn_at_fraction,
     updated_by, day_start, day_end)
   select $1, $2, $3, $4, $5, date_trunc('day', now(), z.zone),
     (date_trunc('day', now() at time zone z.zone) + interval '1 day') at time zone z.zone
   from (${ZONE_OF}) z
   on conflict (organization_id) do update set per_day_micros = excluded.per_day_micros,
     warn_at_fraction = excluded.warn_at_fraction, timezone = excluded.timezone,
     day_start = case when b.timezone is distinct from excluded.timezone then excluded.day_start
       else b.day_start end,
     day_end = case when b.timezone is distinct from excluded.timezone then excluded.day_end
       else b.day_end end,
     paused_until = null, updated_at = now(), updated_by = excluded.updated_by`,
);

const RECOUNT = statement<[organizationId: string]>(
  "aiBudgets.recount",
  `update ai_budgets b set
     spent_micros = (
       select coalesce(sum(cost_micros), 0) from ai_stats s
       where s.organization_id = $1 and s.at >= b.day_start
     ) + (
       select coalesce(sum(coalesce(cost_micros, reserved_micros)), 0) from ai_calls c
       where c.organization_id = $1 and not c.counted and c.outcome is not null
         and c.started_at >= b.day_start
     ),
     reserved_micros = (
       select coalesce(sum(reserved_micros), 0) from ai_calls c
       where c.organization_id = $1 and not c.counted and c.outcome is null
         and c.budget_day = b.day_start
     )
   where b.organization_id = $1`,
);

/**
 * Changes the budget of the caller's organization for the language model, and requeues the jobs that wait for it.
 * Earlier calls of the day count in a new budget, too.
 *
 * @throws {ForbiddenError} for a MEMBER
 * @throws {InvalidInputError} with every fault; nothing is changed then
 */
export async function updateBudget(
  services: Services,
  caller: Caller,
  input: UpdateBudgetInput,
): Promise<void> {
  requireAdmin(caller, "change the budget for the language model");
  const issues: Issue[] = [];
  const changes = changesOf(input, issues);
  if (issues.length > 0) throw new InvalidInputError(issues);
  const { organizationId } = caller;
  try {
    await services.db.transaction((tx) => update(tx, caller, changes));
  } catch (error) {
    // The time zones of PostgreSQL may be older than those of this process.
    if (!isInvalidParameter(error)) throw error;
    throw new InvalidInputError([unknownTimezone(input.timezone ?? "of the organization")]);
  }
  await wakeBudgetWaits(services, organizationId);
  services.bus.publish("aiUsage", organizationId, null);
}

async function update(
  tx: Connection,
  { organizationId, userId }: Caller,
  changes: Partial<StoredBudget>,
): Promise<void> {
  const [stored] = await tx.run(FIND, organizationId);
  const budget = { ...DEFAULT, ...stored, ...changes };
  const newDay = !stored || stored.timezone !== budget.timezone;
  if (newDay) await tx.run(ADOPT, organizationId, budget.timezone);
  const { timezone, perDayMicros, warnAtFraction } = budget;
  await tx.run(UPDATE, organizationId, timezone, perDayMicros, warnAtFraction, userId);
  if (newDay) await tx.run(RECOUNT, organizationId);
}

function changesOf(input: UpdateBudgetInput, issues: Issue[]): Partial<StoredBudget> {
  const { perDay, warnAtFraction, timezone } = input;
  if (perDay) checkCurrency(perDay, ["perDay"], issues);
  if (warnAtFraction != null && !(warnAtFraction > 0 && warnAtFraction <= 1)) {
    const message = `must be above 0 and at most 1, got ${warnAtFraction}`;
    issues.push({ path: ["warnAtFraction"], code: "OUT_OF_RANGE", message });
  }
  if (timezone != null) issues.push(...issuesOfTimezone(timezone));
  const micros = perDay && Number(readMicros(perDay, ["perDay"], issues));
  return {
    ...micros !== undefined && { perDayMicros: micros },
    ...warnAtFraction !== undefined &&
      { warnAtFraction: warnAtFraction ?? DEFAULT.warnAtFraction },
    ...timezone !== undefined && { timezone },
  };
}
