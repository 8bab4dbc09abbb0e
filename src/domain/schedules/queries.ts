import { statement } from "../../db/database.ts";
import type { BuiltInSchedule, Schedule } from "./schedule.ts";

export const NOW = statement<[], { now: Date }>("schedules.now", "select now()");

// An existing row is kept, because an operator may have edited it.
export const INSERT_BUILT_IN = statement<
  [
    id: string,
    organizationId: string,
    name: string,
    description: BuiltInSchedule["description"],
    kind: BuiltInSchedule["kind"],
    cron: string,
    nextAt: Date | null,
  ]
>(
  "schedules.insertBuiltIn",
  `insert into schedules (id, organization_id, name, description, kind, cron, next_at)
   values ($1, $2, $3, $4, $5, $6, $7) on conflict (organization_id, name) do nothing`,
);

export const DUE = statement<[], { id: string; name: string }>(
  "schedules.due",
  "select id, name from schedules where enabled and next_at <= now() order by next_at",
);

/** A due schedule. */
export interface DueSchedule
  extends Pick<Schedule, "organizationId" | "name" | "payload" | "cron" | "timezone"> {
  /** A newer version of the program may have kinds that this one lacks. */
  readonly kind: string;
  /** Time of the database. */
  readonly now: Date;
}

// Row lock: exactly one process fires this tick.
export const LOCK_DUE = statement<[id: string], DueSchedule>(
  "schedules.lockDue",
  `select organization_id as "organizationId", name, kind, payload, cron, timezone, now()
   from schedules where id = $1 and enabled and next_at <= now() for update skip locked`,
);

export const RECORD_FIRE = statement<[id: string], { fired: true }>(
  "schedules.recordFire",
  `insert into schedule_fires (schedule_id, nominal_at)
   select id, next_at from schedules where id = $1
   on conflict do nothing returning true as fired`,
);

export const NAME_JOB = statement<[id: string, jobId: string]>(
  "schedules.nameJob",
  `update schedule_fires f set job_id = $2
   from schedules s where s.id = $1 and f.schedule_id = s.id and f.nominal_at = s.next_at`,
);

export const RECORD_RESULT = statement<
  [
    jobId: string,
    outcome: string,
    processedCount: number,
    recipientCount: number,
    error: string | null,
  ]
>(
  "schedules.recordResult",
  `update schedule_fires set outcome = $2, processed_count = $3, recipient_count = $4,
     error = $5::jsonb
   where job_id = $1`,
);

export const MOVE_ON = statement<[id: string, nextAt: Date | null]>(
  "schedules.moveOn",
  "update schedules set next_at = $2 where id = $1",
);

export const PRUNE_FIRES = statement<[keepMs: number], { n: number }>(
  "schedules.pruneFires",
  `with gone as (
     delete from schedule_fires using schedules
     where schedule_id = id and nominal_at < now() - $1::float8 * interval '1 millisecond' returning 1
   )
   select count(*) as n from gone`,
);
