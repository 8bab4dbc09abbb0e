import { useMemo } from "react";
import type { VariablesOf } from "../api/graphql.ts";
import { listOf, type UrlState } from "../kit/url_state.ts";
import { useViewer } from "../shell/viewer.tsx";
import type { KindInfo } from "./job_kinds.ts";
import type { JobsQuery } from "./job_list.ts";
import type { Lane } from "./job_fields.ts";
import { JOB_STATUSES } from "./job_status.tsx";

/** Filter of jobs. */
export type JobFilter = NonNullable<VariablesOf<typeof JobsQuery>["filter"]>;

/** All lanes. */
export const LANES: readonly Lane[] = [
  "TRANSACTIONAL",
  "AI",
  "LEARNING",
  "BULK",
  "WEBHOOK",
  "SYSTEM",
];

/** Lengths of the periods that `since` may name, in ms. */
export const PERIODS: Readonly<Record<string, number>> = {
  "15m": 900_000,
  "1h": 3_600_000,
  "24h": 86_400_000,
  "7d": 604_800_000,
};

/** Filter of jobs from the URL. It stays the same object until the URL changes. */
export function useJobFilter(state: UrlState, kinds: readonly KindInfo[]): JobFilter {
  const { status, kind, lane, error, since, from, to, path, equals, q, subject, problem, user } =
    state;
  const { role } = useViewer();
  // The system's jobs of every minute would hide the others.
  const withoutSystem = role === "OPERATOR" && !state.system && !subject;
  return useMemo(() => {
    const period = PERIODS[since ?? ""];
    const start = period === undefined ? from : new Date(Date.now() - period).toISOString();
    const filter: JobFilter = {
      statuses: listOf(status, JOB_STATUSES),
      kinds: listOf(kind, kinds.map((known) => known.kind)),
      lanes: listOf(lane, LANES),
      errorTypes: error ? error.split(",") : undefined,
      createdFrom: start || undefined,
      createdTo: to || undefined,
      payload: path && equals ? { path, equals: valueOf(equals) } : undefined,
      search: q || undefined,
      subjectId: subject || undefined,
      problemId: problem || undefined,
      startedBy: user || undefined,
      system: withoutSystem ? false : undefined,
    };
    return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
  }, [
    kinds,
    status,
    kind,
    lane,
    error,
    since,
    from,
    to,
    path,
    equals,
    q,
    subject,
    problem,
    user,
    withoutSystem,
  ]);
}

/** Text of a filter field as JSON, or else as text: 30 → 30, "30" → "30", mail → "mail" */
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
