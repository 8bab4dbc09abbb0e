import { LONG, statement } from "../../db/database.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import { type Money, moneyOf } from "../money.ts";
import { inBuckets, type Period, type TimeBucket } from "../period.ts";
import type { Services } from "../services.ts";
import { AI_CALL_KINDS, AI_CURRENCY, type AiCallKind } from "./call.ts";
import { quarterOf } from "./stats.ts";

/** Sums of calls that have ended. */
export interface AiTotals {
  readonly callCount: number;
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  /** Sum of the known costs; null: the cost of no call is known. */
  readonly cost: Money | null;
  /** Number of calls whose cost is unknown. */
  readonly unknownCostCount: number;
  /** Number of calls that failed, including those that timed out or had an invalid answer. */
  readonly failed: number;
  readonly timedOut: number;
}

/** Sums of the calls of one kind. */
export interface AiKindUsage extends AiTotals {
  readonly kind: AiCallKind;
}

/** Sums of the calls of one model. */
export interface AiModelUsage extends AiTotals {
  readonly model: string;
}

/** Sums of the calls in one interval of a series. */
export interface AiPoint extends AiTotals {
  /** Start of the interval. */
  readonly at: Date;
}

/** Usage of the language model in a period. */
export interface AiUsage extends AiTotals {
  /** Most expensive first. */
  readonly byKind: readonly AiKindUsage[];
  /** Most expensive first. */
  readonly byModel: readonly AiModelUsage[];
}

/** Sums of the calls of one group, as the database counts them. */
export interface AiSums {
  readonly callCount: number;
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  readonly costMicros: number;
  readonly unknownCostCount: number;
  readonly failed: number;
  readonly timedOut: number;
}

interface Group extends AiSums {
  readonly kind: string;
  readonly model: string;
}

type Scope = [organizationId: string, from: Date, to: Date];

const COUNTERS = `call_count, input_tokens, cached_input_tokens, output_tokens, reasoning_tokens,
  cost_micros, unknown_cost_count`;

/** SQL of all sums over the columns of `ENDED`, under the names of `AiSums`. */
export const AI_SUMS = `coalesce(sum(call_count), 0)::int8 as "callCount",
  coalesce(sum(input_tokens), 0)::int8 as "inputTokens",
  coalesce(sum(cached_input_tokens), 0)::int8 as "cachedInputTokens",
  coalesce(sum(output_tokens), 0)::int8 as "outputTokens",
  coalesce(sum(reasoning_tokens), 0)::int8 as "reasoningTokens",
  coalesce(sum(cost_micros), 0)::int8 as "costMicros",
  coalesce(sum(unknown_cost_count), 0)::int8 as "unknownCostCount",
  coalesce(sum(call_count) filter (where outcome not in ('SUCCEEDED', 'CANCELLED')), 0)::int8
    as failed,
  coalesce(sum(call_count) filter (where outcome = 'TIMED_OUT'), 0)::int8 as "timedOut"`;

/**
 * Returns SQL for the counters of the calls of an organization that began in a period and have ended; those of the
 * last seconds are not in ai_stats yet.
 *
 * @param from SQL of the start, which is rounded down to a quarter of an hour
 * @param to SQL of the end, exclusive
 */
export function endedCalls(organizationId: string, from: string, to: string): string {
  return `select at, kind, model, outcome, ${COUNTERS} from ai_stats
     where organization_id = ${organizationId} and at >= ${quarterOf(from)} and at < ${to}
   union all
   select ${quarterOf("started_at")}, kind, model, outcome, 1, input_tokens, cached_input_tokens,
     output_tokens, reasoning_tokens, cost_micros, (cost_micros is null)::int
   from ai_calls
   where organization_id = ${organizationId} and not counted and outcome is not null
     and started_at >= ${quarterOf(from)} and ${quarterOf("started_at")} < ${to}`;
}

const ENDED = endedCalls("$1", "$2::timestamptz", "$3::timestamptz");

const GROUPS = statement<Scope, Group>(
  "aiUsage.groups",
  `select kind, model, ${AI_SUMS} from (${ENDED}) e group by 1, 2`,
  LONG,
);

const SERIES = statement<[...Scope, unit: string, zone: string], AiSums & { at: Date }>(
  "aiUsage.series",
  `with counted as (
     select date_trunc($4, at, $5) as at, outcome, ${COUNTERS} from (${ENDED}) e
     union all
     select date_trunc($4, t, $5), 'SUCCEEDED', 0, 0, 0, 0, 0, 0, 0
     from generate_series(date_trunc($4, $2::timestamptz, $5), $3::timestamptz,
       case $4 when 'minute' then interval '1 minute' else interval '1 hour' end) t
     where t < $3
   )
   select at, ${AI_SUMS} from counted group by 1 order by 1`,
  LONG,
);

/**
 * Sums up the calls of the language model that began in a period and have ended. Reads the statistics, never all
 * calls.
 *
 * @throws {ForbiddenError} for a MEMBER
 */
export async function readAiUsage(
  { db }: Services,
  caller: Caller,
  { from, to }: Period,
): Promise<AiUsage> {
  requireUsageAccess(caller);
  const groups = await db.run(GROUPS, caller.organizationId, from, to);
  const byKind = [...Map.groupBy(groups, ({ kind }) => kind)].flatMap(([kind, part]) =>
    isAiCallKind(kind) ? [{ kind, ...part.reduce(add, NONE) }] : []
  );
  const byModel = [...Map.groupBy(groups, ({ model }) => model)].map(([model, part]) => ({
    model,
    ...part.reduce(add, NONE),
  }));
  return {
    ...totalsOf(groups.reduce(add, NONE)),
    byKind: byKind.toSorted(byCost).map((sums) => ({ ...totalsOf(sums), kind: sums.kind })),
    byModel: byModel.toSorted(byCost).map((sums) => ({ ...totalsOf(sums), model: sums.model })),
  };
}

/**
 * Sums up the calls by the interval in which they began.
 *
 * @param timezone IANA name of the time zone in which hours and days begin
 * @returns every interval of the period, oldest first, including empty ones
 * @throws {ForbiddenError} for a MEMBER
 * @throws {InvalidInputError} for an unknown time zone, and for more than 2,000 intervals
 */
export async function readAiSeries(
  { db }: Services,
  caller: Caller,
  period: Period,
  bucket: TimeBucket,
  timezone: string,
): Promise<AiPoint[]> {
  requireUsageAccess(caller);
  const { from, to } = period;
  const rows = await inBuckets(
    period,
    bucket,
    timezone,
    (unit, zone) => db.run(SERIES, caller.organizationId, from, to, unit, zone),
  );
  return rows.map((sums) => ({ ...totalsOf(sums), at: sums.at }));
}

/** Converts sums of the database to the totals of the API. Pure. */
export function totalsOf(sums: AiSums): AiTotals {
  const { callCount, inputTokens, cachedInputTokens, outputTokens, reasoningTokens } = sums;
  const { costMicros, unknownCostCount, failed, timedOut } = sums;
  const known = callCount === 0 || unknownCostCount < callCount;
  return {
    callCount,
    inputTokens,
    cachedInputTokens,
    outputTokens,
    reasoningTokens,
    cost: known ? moneyOf(BigInt(costMicros), AI_CURRENCY) : null,
    unknownCostCount,
    failed,
    timedOut,
  };
}

const NONE: AiSums = {
  callCount: 0,
  inputTokens: 0,
  cachedInputTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  costMicros: 0,
  unknownCostCount: 0,
  failed: 0,
  timedOut: 0,
};

function add(a: AiSums, b: AiSums): AiSums {
  return {
    callCount: a.callCount + b.callCount,
    inputTokens: a.inputTokens + b.inputTokens,
    cachedInputTokens: a.cachedInputTokens + b.cachedInputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    reasoningTokens: a.reasoningTokens + b.reasoningTokens,
    costMicros: a.costMicros + b.costMicros,
    unknownCostCount: a.unknownCostCount + b.unknownCostCount,
    failed: a.failed + b.failed,
    timedOut: a.timedOut + b.timedOut,
  };
}

function byCost(a: AiSums, b: AiSums): number {
  return b.costMicros - a.costMicros || b.callCount - a.callCount;
}

function isAiCallKind(kind: string): kind is AiCallKind {
  return Object.hasOwn(AI_CALL_KINDS, kind);
}

function requireUsageAccess(caller: Caller): void {
  requireAdmin(caller, "see the usage of the language model");
}
