import { type Connection, statement } from "../../db/database.ts";
import { toTypeId } from "../id.ts";
import { readBatchWaits } from "../deliveries/batch_waits.ts";
import {
  JOIN_PAUSE_PROVIDER,
  PAUSE_COLUMNS,
  type PausedRow,
  type WaitingFor,
  waitUntilDue,
  waitWhilePaused,
} from "../waiting.ts";

/** Facts about an unfinished message, read at the time `now`. */
interface MessageWaitFacts extends PausedRow {
  readonly now: Date;
  /** Time of its `sendAt` if that lies in the future; null otherwise. */
  readonly sendAt: Date | null;
}

interface WaitingMessage extends MessageWaitFacts {
  readonly id: string;
  /** Job whose wait is that of the message; null if a job runs, or none waits. */
  readonly jobId: string | null;
}

// A message has up to 10,000 unfinished batches, so that its first jobs are found by the index on waiting
// jobs, and the running ones by their workers. During an outage its jobs run in turn only to find that no
// provider can be used, so that a job which waits for an open circuit explains the message.
const WAITING = statement<[ids: string[], subjects: string[]], WaitingMessage>(
  "messages.waiting",
  `with running as materialized (
     select subject from jobs
     where status = 'PROCESSING' and worker_id = any(array(select id from workers))
   )
   select m.id, now() as now, ${PAUSE_COLUMNS},
     case when scheduled.obstructed then scheduled.id
       when exists (select from running where subject = r.subject) then null
       else coalesce(queued.id, scheduled.id) end as "jobId",
     case when m.status = 'SCHEDULED' and m.send_at > now() then m.send_at end as "sendAt"
   from unnest($1::uuid[], $2::text[]) r(id, subject)
     join messages m on m.id = r.id ${JOIN_PAUSE_PROVIDER}
     left join lateral (
       select id from jobs where subject = r.subject and status = 'QUEUED' order by run_at limit 1
     ) queued on true
     left join lateral (
       select j.id, p.state <> 'CLOSED' as obstructed
       from (
         select id, wait_provider_id from jobs where subject = r.subject and status = 'SCHEDULED'
         order by run_at limit 1
       ) j left join providers p on p.id = j.wait_provider_id
     ) scheduled on true
   where m.id = any($1) and m.status in ('SCHEDULED', 'PLANNING', 'SENDING', 'PAUSED')`,
);

/**
 * Explains why messages wait, without a check of access.
 *
 * @returns the explanations by id; without the messages that have ended or whose jobs run
 */
export async function readMessageWaits(
  db: Connection,
  ids: readonly string[],
): Promise<Map<string, WaitingFor>> {
  const subjects = ids.map((id) => toTypeId("message", id));
  const waiting = await db.run(WAITING, [...ids], subjects);
  const jobIds = waiting.filter(isInQueue).flatMap(({ jobId }) => jobId ?? []);
  const jobWaits = await readBatchWaits(db, jobIds);
  const waits = new Map<string, WaitingFor>();
  for (const message of waiting) {
    const wait = explainMessageWait(message, jobWaits.get(message.jobId ?? "") ?? null);
    if (wait) waits.set(message.id, wait);
  }
  return waits;
}

/**
 * Pure: explains why an unfinished message waits.
 *
 * @param jobWait explanation of its first job; null if a job runs
 * @returns null if it is being planned or sent, or a job is about to be claimed
 */
function explainMessageWait(
  message: MessageWaitFacts,
  jobWait: WaitingFor | null,
): WaitingFor | null {
  const paused = waitWhilePaused(message);
  if (paused) return paused;
  if (message.sendAt) return waitUntilDue(message.sendAt, message.now);
  return jobWait?.reason === "BEHIND" && jobWait.position === 0 ? null : jobWait;
}

function isInQueue({ pausedAt, sendAt }: MessageWaitFacts): boolean {
  return !pausedAt && !sendAt;
}
