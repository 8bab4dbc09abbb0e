import { LONG, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { AI_CURRENCY } from "../ai_usage/call.ts";
import { type Money, moneyOf } from "../money.ts";
import { inBuckets, type Period, type TimeBucket } from "../period.ts";
import type { Services } from "../services.ts";
import type { Shortcoming } from "./shortcoming.ts";
import type { SuggestionOutcome } from "./suggestion.ts";

/** Totals of suggestions whose thread was answered. */
export interface SuggestionTotals {
  readonly count: number;
  /** Share that was sent unchanged; null: there are none. */
  readonly sentAsItWasFraction: number | null;
  /** Null: there are none with a text. */
  readonly meanSimilarity: number | null;
  /** Sum of the known costs of their calls. */
  readonly cost: Money;
}

/** Sums of the suggestions of one version of the prompt and one model. */
export interface PromptQuality extends SuggestionTotals {
  /** Version of the prompt; null: no model wrote them. */
  readonly promptId: string | null;
  readonly promptVersion: number | null;
  readonly model: string | null;
}

/** Sums of the suggestions about one topic. */
export interface TopicQuality extends SuggestionTotals {
  readonly topic: string;
}

/** Number of suggestions with one outcome. */
export interface OutcomeCount {
  readonly outcome: SuggestionOutcome;
  readonly count: number;
}

/** Number of suggestions with one shortcoming. */
export interface ShortcomingCount {
  readonly shortcoming: Shortcoming;
  readonly count: number;
}

/** Quality of the suggestions whose threads were answered in a period. */
export interface SuggestionQuality extends SuggestionTotals {
  readonly outcomes: readonly OutcomeCount[];
  /** Most suggestions first. */
  readonly byPrompt: readonly PromptQuality[];
  /** Most suggestions first. */
  readonly byTopic: readonly TopicQuality[];
  /** Most frequent first. */
  readonly shortcomings: readonly ShortcomingCount[];
}

/** Quality of the suggestions whose threads were answered in one interval of a series. */
export interface QualityPoint {
  /** Start of the interval. */
  readonly at: Date;
  readonly count: number;
  readonly sentAsItWas: number;
  readonly edited: number;
  readonly answeredWithout: number;
  readonly meanSimilarity: number | null;
}

interface Group {
  readonly promptId: string | null;
  readonly promptVersion: number | null;
  readonly model: string | null;
  readonly topic: string | null;
  readonly outcome: SuggestionOutcome;
  readonly count: number;
  readonly measured: number;
  readonly similarity: number;
  readonly costMicros: number;
}

type Scope = [organizationId: string, from: Date, to: Date];

const MAX_TOPICS = 50;

// Replaced suggestions (UNUSED) are left out, because they were not compared with a reply.
const ANSWERED = `suggestions s where s.organization_id = $1 and s.outcome <> 'UNUSED'
  and s.outcome_at >= date_trunc('minute', $2::timestamptz) and s.outcome_at < $3`;

const GROUPS = statement<Scope, Group>(
  "suggestions.groups",
  `select (select version from prompt_versions v where v.id = g.prompt_id) as "promptVersion",
     prompt_id as "promptId", model, topic,
     outcome, count, measured, similarity, "costMicros"
   from (
     select s.prompt_id, s.model, s.topic, s.outcome, count(*)::int as count,
       count(s.similarity)::int as measured, coalesce(sum(s.similarity), 0)::float8 as similarity,
       coalesce(sum(s.cost_micros), 0)::int8 as "costMicros"
     from ${ANSWERED} group by 1, 2, 3, 4) g`,
  LONG,
);

const SHORTCOMING_COUNTS = statement<Scope, ShortcomingCount>(
  "suggestions.shortcomings",
  `select shortcoming, count(*)::int as count from (
     select unnest(s.shortcomings) as shortcoming from ${ANSWERED}) u
   group by 1 order by 2 desc, 1`,
  LONG,
);

const SERIES = statement<[...Scope, unit: string, zone: string], QualityPoint>(
  "suggestions.series",
  `select at, count(outcome)::int as count, avg(similarity)::float8 as "meanSimilarity",
     count(*) filter (where outcome = 'SENT_AS_IT_WAS')::int as "sentAsItWas",
     count(*) filter (where outcome = 'EDITED')::int as edited,
     count(*) filter (where outcome = 'ANSWERED_WITHOUT')::int as "answeredWithout"
   from (
     select date_trunc($4, s.outcome_at, $5) as at, s.outcome, s.similarity from ${ANSWERED}
     union all
     select date_trunc($4, t, $5), null, null
     from generate_series(date_trunc($4, $2::timestamptz, $5), $3::timestamptz,
       case $4 when 'minute' then interval '1 minute' else interval '1 hour' end) t
     where t < $3
   ) points group by 1 order by 1`,
  LONG,
);

/** Sums up the suggestions whose threads were answered in a period, by outcome, prompt, model, topic and shortcoming. */
export async function readSuggestionQuality(
  { db }: Services,
  { organizationId }: Caller,
  { from, to }: Period,
): Promise<SuggestionQuality> {
  const [groups, shortcomings] = await Promise.all([
    db.run(GROUPS, organizationId, from, to),
    db.run(SHORTCOMING_COUNTS, organizationId, from, to),
  ]);
  const byOutcome = Map.groupBy(groups, ({ outcome }) => outcome);
  const byPrompt = Map.groupBy(groups, ({ promptId, model }) => `${promptId} ${model}`);
  const byTopic = Map.groupBy(groups, ({ topic }) => topic);
  return {
    ...totalsOf(groups),
    outcomes: [...byOutcome].map(([outcome, part]) => ({ outcome, count: totalsOf(part).count })),
    byPrompt: [...byPrompt.values()].flatMap((part) => {
      if (!part[0]) return [];
      const { promptId, promptVersion, model } = part[0];
      return [{ ...totalsOf(part), promptId, promptVersion, model }];
    }).toSorted(byCount),
    byTopic: [...byTopic].flatMap(([topic, part]) =>
      topic === null ? [] : [{ ...totalsOf(part), topic }]
    ).toSorted(byCount).slice(0, MAX_TOPICS),
    shortcomings,
  };
}

/**
 * Sums up the suggestions by the interval in which their threads were answered.
 *
 * @param timezone IANA name of the time zone in which hours and days begin
 * @returns every interval of the period, oldest first, including empty ones
 * @throws {InvalidInputError} for an unknown time zone, and for more than 2,000 intervals
 */
export function readQualitySeries(
  { db }: Services,
  { organizationId }: Caller,
  period: Period,
  bucket: TimeBucket,
  timezone: string,
): Promise<QualityPoint[]> {
  const { from, to } = period;
  return inBuckets(
    period,
    bucket,
    timezone,
    (unit, zone) => db.run(SERIES, organizationId, from, to, unit, zone),
  );
}

function totalsOf(groups: readonly Group[]): SuggestionTotals {
  const sum = (valueOf: (group: Group) => number) =>
    groups.reduce((total, group) => total + valueOf(group), 0);
  const count = sum((group) => group.count);
  const measured = sum((group) => group.measured);
  const unchanged = sum((group) => group.outcome === "SENT_AS_IT_WAS" ? group.count : 0);
  return {
    count,
    sentAsItWasFraction: count === 0 ? null : unchanged / count,
    meanSimilarity: measured === 0 ? null : sum((group) => group.similarity) / measured,
    cost: moneyOf(BigInt(sum((group) => group.costMicros)), AI_CURRENCY),
  };
}

function byCount(a: SuggestionTotals, b: SuggestionTotals): number {
  return b.count - a.count;
}
