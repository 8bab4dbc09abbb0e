import { type Connection, LONG, statement } from "../../db/database.ts";
import type { Services } from "../services.ts";
import { recordDecisions } from "./decisions.ts";
import { notifyOfProblems } from "./notify.ts";
import { appendOpenedProblems } from "./outbox_events.ts";
import { MAX_EXAMPLES } from "./report.ts";

/** Maximum number of reports that are counted in one transaction. */
const STEP = 2_000;

interface ChangedProblem {
  readonly id: string;
  readonly organizationId: string;
}

const PENDING = statement<[], { pending: boolean }>(
  "problems.pending",
  `select exists (select from problem_reports) or exists (
     select from problems where state = 'IGNORED' and ignored_until <= now()) as pending`,
);

// Any fixed numbers. One process at a time counts, so that the numbers of affected objects are exact.
const LOCK = statement<[], { locked: boolean }>(
  "problems.lock",
  `select pg_try_advisory_xact_lock(1894556021, 1) as locked`,
);

const ROLL_UP = statement<[limit: number], ChangedProblem & { isNew: boolean; reports: number }>(
  "problems.rollUp",
  `with taken as materialized (
     delete from problem_reports where id = any(array(
       select id from problem_reports order by id limit $1))
     returning *
   ),
   affected as materialized (
     select organization_id, fingerprint, affected_id, sum(n) as n, max(at) as last_at
     from taken group by 1, 2, 3
   ),
   added as (
     select organization_id, fingerprint, count(*) as n from affected a
     where not exists (
       select from problems p join problem_affected x on x.problem_id = p.id
       where p.organization_id = a.organization_id and p.fingerprint = a.fingerprint
         and x.affected_id = a.affected_id)
     group by 1, 2
   ),
   causes as (
     select organization_id, fingerprint, source, origin, provider, error_type, code, pattern,
       sum(n) as n, min(at) as first_at, max(at) as last_at
     from taken group by 1, 2, 3, 4, 5, 6, 7, 8
   ),
   changed as (
     insert into problems as p (organization_id, fingerprint, source, origin, provider, error_type,
       code, pattern, count, affected_count, first_seen_at, last_seen_at)
     select c.organization_id, c.fingerprint, source, origin, provider, error_type, code, pattern, c.n,
       coalesce(a.n, 0), first_at, last_at
     from causes c left join added a using (organization_id, fingerprint)
     on conflict (organization_id, fingerprint) do update set
       count = p.count + excluded.count,
       affected_count = p.affected_count + excluded.affected_count,
       last_seen_at = greatest(p.last_seen_at, excluded.last_seen_at),
       ignored_hour = date_trunc('hour', excluded.last_seen_at, 'UTC'),
       ignored_count = excluded.count + case
         when p.ignored_hour = date_trunc('hour', excluded.last_seen_at, 'UTC')
         then p.ignored_count else 0 end
     returning p.*, p.xmax = 0 as "isNew"
   ),
   opened as (${appendOpenedProblems(`select * from changed where "isNew"`)}),
   hours as (
     insert into problem_hours as h (problem_id, hour, n)
     select c.id, date_trunc('hour', t.at, 'UTC'), sum(t.n)
     from taken t join changed c using (organization_id, fingerprint) group by 1, 2
     on conflict (problem_id, hour) do update set n = h.n + excluded.n
   ),
   affects as (
     insert into problem_affected as x (problem_id, affected_id, n, last_at)
     select c.id, a.affected_id, a.n, a.last_at
     from affected a join changed c using (organization_id, fingerprint)
     on conflict (problem_id, affected_id) do update set n = x.n + excluded.n,
       last_at = greatest(x.last_at, excluded.last_at)
   ),
   examples as (
     insert into problem_examples (problem_id, at, subject_id, message)
     select id, at, subject_id, message from (
       select c.id, t.at, e.subject_id, e.message,
         row_number() over (partition by c.id order by t.at desc, t.id desc) as position
       from taken t join changed c using (organization_id, fingerprint),
         unnest(t.subject_ids, t.messages) as e(subject_id, message)) latest
     where position <= ${MAX_EXAMPLES}
   )
   select id, organization_id as "organizationId", "isNew", (select count(*) from taken) as reports
   from changed`,
  LONG,
);

const TRIM_EXAMPLES = statement<[problemIds: string[]]>(
  "problems.trimExamples",
  `delete from problem_examples x using (
     select problem_id, at, id,
       row_number() over (partition by problem_id order by at desc, id desc) as position
     from problem_examples where problem_id = any($1)) e
   where position > ${MAX_EXAMPLES} and x.problem_id = e.problem_id and x.at = e.at and x.id = e.id`,
);

// A resolved problem by a failure since then; an ignored one by its rate of failures, or by the time.
const REOPEN = statement<[problemIds: string[]], ChangedProblem>(
  "problems.reopen",
  `with reopened as (
     update problems set state = 'OPEN', ignored_until = null, ignored_per_hour = null,
       reopened_at = case when ignored_until <= now() then ignored_until else last_seen_at end
     where id = any($1) and (state = 'RESOLVED' and last_seen_at > changed_at
         or state = 'IGNORED' and ignored_count > ignored_per_hour)
       or state = 'IGNORED' and ignored_until <= now()
     returning *
   ),
   decided as (${
    recordDecisions(`select id, reopened_at, 'OPEN', null, null, null::timestamptz, null::int
       from reopened`)
  }),
   events as (${appendOpenedProblems("select * from reopened")})
   select id, organization_id as "organizationId" from reopened`,
);

/**
 * Counts the failures that were reported since the last call in their problems, creates new problems, and reopens
 * RESOLVED and IGNORED ones that have failed again. Does nothing while another process counts.
 */
export async function rollUpProblems({ db, bus }: Services): Promise<void> {
  const [waiting] = await db.run(PENDING);
  if (!waiting?.pending) return;
  for (let reports = STEP; reports === STEP;) {
    const step = await db.transaction(rollUpStep);
    reports = step.reports;
    for (const [organizationId, changed] of Map.groupBy(step.changed, (p) => p.organizationId)) {
      bus.publish("problems", organizationId, changed.map(({ id }) => id));
    }
  }
}

async function rollUpStep(
  tx: Connection,
): Promise<{ changed: ChangedProblem[]; reports: number }> {
  const [lock] = await tx.run(LOCK);
  if (!lock?.locked) return { changed: [], reports: 0 };
  const counted = await tx.run(ROLL_UP, STEP);
  const ids = counted.map(({ id }) => id);
  await tx.run(TRIM_EXAMPLES, ids);
  const reopened = await tx.run(REOPEN, ids);
  await notifyOfProblems(tx, "PROBLEM_OPENED", counted.filter(({ isNew }) => isNew));
  await notifyOfProblems(tx, "PROBLEM_REOPENED", reopened);
  return { changed: [...counted, ...reopened], reports: counted[0]?.reports ?? 0 };
}
