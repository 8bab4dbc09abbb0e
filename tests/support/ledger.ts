import assert from "node:assert/strict";
import { type Connection, LONG, statement } from "../../src/db/database.ts";

// Written by a trigger in the transaction of the update, so that no killed process can leave a gap in it.
const LEDGER = statement<[]>(
  "ledger.table",
  `create table ledger (
     job_id uuid, old_status text, new_status text, old_fence bigint, new_fence bigint,
     old_attempt int, new_attempt int, crashed boolean, moved boolean, owner_lives boolean)`,
);
const INDEX = statement<[]>("ledger.index", "create index on ledger (old_fence)");
const NOTE = statement<[]>(
  "ledger.note",
  `create function note_in_ledger() returns trigger language plpgsql as $$
   begin
     insert into ledger values (old.id, old.status, new.status, old.fence, new.fence, old.attempt,
       new.attempt, new.crashes > old.crashes, new.progress is distinct from old.progress,
       exists (select from workers where id = old.worker_id));
     return null;
   end $$`,
);
const TRIGGER = statement<[]>(
  "ledger.trigger",
  "create trigger note_in_ledger after update on jobs for each row execute function note_in_ledger()",
);

/** Records every update of every job from now on. Call it before the first job is written. */
export async function openLedger(db: Connection): Promise<void> {
  for (const part of [LEDGER, INDEX, NOTE, TRIGGER]) await db.run(part);
}

const FINAL = "('COMPLETED', 'FAILED', 'CANCELLED')";

// One query per invariant; it returns a sentence for each violation.
const JOB_CHECKS: Record<string, string> = {
  "a fence belongs to one claim": `
    select 'fence ' || new_fence || ' was given to ' || count(*) || ' claims'
    from ledger where new_fence is not null and old_fence is distinct from new_fence
    group by new_fence having count(*) > 1`,
  "a claim is not replaced by another claim": `
    select 'job ' || job_id || ': claim ' || old_fence || ' was replaced by ' || new_fence
    from ledger where old_fence <> new_fence`,
  "every claim has ended once, or runs": `
    select 'job ' || claims.job_id || ': claim ' || claims.new_fence || ' has ended ' ||
      count(ends.old_fence) || ' times and ' || case when count(jobs.id) > 0 then 'runs'
        else 'does not run' end
    from ledger claims
      left join ledger ends on ends.old_fence = claims.new_fence and ends.new_fence is null
      left join jobs on jobs.fence = claims.new_fence
    where claims.old_fence is null and claims.new_fence is not null
    group by claims.job_id, claims.new_fence
    having count(ends.old_fence) + count(jobs.id) <> 1`,
  "each counted attempt, and no other, is on record": `
    select 'job ' || ends.job_id || ': claim ' || ends.old_fence || ' ended as ' ||
      ends.new_status || ' with attempt ' || ends.new_attempt || ' after ' || ends.old_attempt ||
      case when a.fence is null then ' and no attempt on record'
        else ', on record as number ' || a.number || ' ' || a.outcome end
    from ledger ends join jobs on jobs.id = ends.job_id
      left join job_attempts a on a.job_id = ends.job_id and a.fence = ends.old_fence
    where ends.old_fence is not null and ends.new_fence is null
      and ((a.fence is null) <> (ends.new_attempt < ends.old_attempt and not ends.crashed)
        or a.number <> ends.old_attempt
        or (a.outcome = 'SUCCEEDED') <> (ends.new_status = 'COMPLETED')
        or (a.outcome = 'CRASHED') <> ends.crashed)`,
  "each attempt on record belongs to a claim that ended": `
    select 'job ' || a.job_id || ': an attempt is on record for ' || a.fence || ', which never ended'
    from job_attempts a where not exists (
      select from ledger where job_id = a.job_id and old_fence = a.fence and new_fence is null)`,
  "progress is written only while a job runs": `
    select 'job ' || job_id || ': progress was written while it was ' || new_status
    from ledger where moved and old_fence is null`,
  "no job is rescued from a living worker": `
    select 'job ' || job_id || ': claim ' || old_fence || ' was rescued from a living worker'
    from ledger where crashed and owner_lives`,
  "a final state does not change, except by a person who starts the job again": `
    select 'job ' || job_id || ' went from ' || old_status || ' to ' || new_status
    from ledger l where old_status in ${FINAL} and old_status <> new_status
      and (new_status <> 'QUEUED' or new_attempt <> 0 or not exists (
        select from job_events e where e.job_id = l.job_id and e.kind = 'RETRIED'))`,
  "the attempt number is the number of attempts made": `
    select 'job ' || id || ' is ' || status || ' with attempt ' || attempt || ' of ' || max_attempts ||
      ' and ' || made || ' made'
    from (select jobs.*,
        (select count(*) from job_attempts a where job_id = jobs.id and outcome <> 'CRASHED')
        + (select count(*) from ledger where job_id = jobs.id and crashed and new_status in ${FINAL})
        + (status = 'PROCESSING')::int as made
      from jobs) counted
    where attempt not between 0 and max_attempts
      or attempt <> made and not exists (
        select from ledger where job_id = id and old_status in ${FINAL} and new_status = 'QUEUED')`,
  "a unique key has one unfinished job": `
    select 'key ' || unique_key || ' names ' || count(*) || ' unfinished jobs'
    from jobs where unique_key is not null and status not in ${FINAL}
    group by organization_id, unique_key having count(*) > 1`,
  "a running job has a living worker": `
    select 'job ' || id || ' runs, and its worker ' || worker_id || ' is dead'
    from jobs where status = 'PROCESSING' and started_at < now() - interval '30 seconds'
      and not exists (select from workers where id = worker_id)`,
  "a queued job is due": `
    select 'job ' || id || ' is queued, and due at ' || run_at
    from jobs where status = 'QUEUED' and run_at > now()`,
  "a job fails as CRASHED after three crashes, and not before": `
    select 'job ' || id || ' is ' || status || ' after ' || crashes || ' crashes'
    from jobs where crashes >= 10 and status <> 'FAILED'
      or crashes < 3 and status = 'FAILED' and error ->> 'type' = 'CRASHED'`,
};

/** Finds violated invariants of jobs; returns one sentence for each. Requires `openLedger`. */
export function findJobFaults(db: Connection): Promise<string[]> {
  return findFaults(db, JOB_CHECKS);
}

/** Throws with every violated job invariant. */
export async function assertJobsHold(db: Connection): Promise<void> {
  assert.equal((await findJobFaults(db)).join("\n"), "");
}

/** Runs queries that return one sentence per violation. */
export async function findFaults(
  db: Connection,
  checks: Readonly<Record<string, string>>,
): Promise<string[]> {
  const faults: string[] = [];
  for (const [invariant, sql] of Object.entries(checks)) {
    const find = statement<[], { fault: string }>(
      `ledger.${invariant.replaceAll(/\W+/g, "_")}`.slice(0, 63),
      `select fault from (${sql}) found(fault) order by 1 limit 5`,
      LONG,
    );
    for (const { fault } of await db.run(find)) faults.push(`${invariant}: ${fault}`);
  }
  return faults;
}
