import { statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { parkClaimed } from "../jobs/park.ts";
import type { Services } from "../services.ts";
import { COLUMNS, getMessage } from "./find.ts";
import { alreadyFinished, type Message } from "./message.ts";
import { notifyOfPauses } from "./notify.ts";
import { appendMessageEvents } from "./outbox_events.ts";

// A pause by a person replaces the reason of an automatic pause, because then only a person may resume the
// message. The share lock and the epochs prevent a pause for errors from before a provider was
// reconfigured.
const PAUSE = statement<
  [
    id: string,
    reason: string,
    code: string | null,
    providerIds: string[] | null,
    epochs: number[] | null,
    by: string | null,
  ],
  Message
>(
  "messages.pause",
  `with failing as materialized (
     select p.id, p.epoch from providers p where p.id = any($4) order by p.id for share
   ),
   cause as (
     select coalesce(bool_and(failing.epoch = o.epoch), true) as current, $4::uuid[] is null as by_person
     from unnest($4::uuid[], $5::int[]) o(id, epoch) join failing on failing.id = o.id
   ),
   paused as (
     update messages m set status = 'PAUSED', paused_at = coalesce(paused_at, now()),
       pause_reason = case when paused_at is null or by_person then $2 else pause_reason end,
       pause_code = case when paused_at is null or by_person then $3 else pause_code end,
       pause_provider_ids = case when paused_at is null or by_person then $4 else pause_provider_ids end,
       updated_at = now()
     from cause
     where m.id = $1 and status in ('SCHEDULED', 'PLANNING', 'SENDING', 'PAUSED') and cause.current
     returning m.*
   ),
   -- A message that was paused before keeps its time. Users know of their own pauses.
   notified as (${
    notifyOfPauses(
      `select * from paused where paused_at = now() and $6 is distinct from coalesce(user_id, '')`,
    )
  }),
   events as (${
    appendMessageEvents("MESSAGE_PAUSED", "select * from paused where paused_at = now()")
  })
   select ${COLUMNS} from paused`,
);

/** The reason why a message is paused. */
export interface PauseCause {
  /** Text for people. */
  readonly reason: string;
  /** Error code of the provider; null if a person pauses the message. */
  readonly code: string | null;
  /** The providers that failed, each with its epoch at that time; null if a person pauses the message. */
  readonly providers: readonly { readonly id: string; readonly epoch: number }[] | null;
  /** User who pauses the message; empty for a caller without a user. Absent: its providers failed. */
  readonly by?: string;
}

/**
 * Pauses an unfinished message. A message that is already paused stays paused, and the cause of a person
 * replaces that of providers.
 *
 * @returns undefined if the message is finished, or its providers have changed since they failed
 */
export async function pause(
  { db, bus }: Services,
  { id, organizationId }: Pick<Message, "id" | "organizationId">,
  { reason, code, providers, by }: PauseCause,
): Promise<Message | undefined> {
  const ids = providers && providers.map((provider) => provider.id);
  const epochs = providers && providers.map(({ epoch }) => epoch);
  const [paused] = await db.run(PAUSE, id, reason, code, ids, epochs, by ?? null);
  if (paused) bus.publish("messages", organizationId, [id]);
  return paused;
}

/**
 * Pauses a message for the caller. Deliveries in flight are still recorded, and no others are sent.
 * A message that was paused automatically gets the caller's reason, so that only a person resumes it.
 *
 * @throws {NotFoundError}
 * @throws {ConflictError} ALREADY_FINISHED
 */
export async function pauseMessage(
  services: Services,
  caller: Caller,
  id: string,
): Promise<Message> {
  const message = await getMessage(services, caller, id);
  const by = caller.userId ?? "";
  const cause = { reason: "Paused by a person", code: null, providers: null, by };
  const paused = await pause(services, message, cause);
  if (!paused) throw alreadyFinished("pause", await getMessage(services, caller, id));
  return paused;
}

const SHARE = statement<[id: string], { until: Date | null }>(
  "messages.share",
  `select case status when 'SCHEDULED' then send_at end as until from messages
   where id = $1 and status in ('PAUSED', 'SCHEDULED') for share`,
);

/**
 * Parks a claimed job of a message that is paused or scheduled, until the message is resumed or due.
 *
 * @returns false if the message is no longer paused or scheduled, the claim has ended, or the job is to
 *   be cancelled; the caller must then settle the job
 */
export async function parkJob(
  { db, bus }: Services,
  job: { readonly id: string; readonly organizationId: string; readonly fence: number },
  messageId: string,
): Promise<boolean> {
  const parked = await db.transaction(async (tx) => {
    // The message is locked first: a concurrent resume waits for the lock and then wakes the job, or has
    // committed, so that no row is found.
    const [message] = await tx.run(SHARE, messageId);
    if (!message) return false;
    return parkClaimed(tx, job.id, job.fence, message.until);
  });
  if (parked) bus.publish("jobs", job.organizationId, [job.id]);
  return parked;
}
