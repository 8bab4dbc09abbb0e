import { type Connection, statement } from "../../db/database.ts";
import { BY_ITSELF } from "../deliveries/retry.ts";
import { parkClaimed } from "../jobs/park.ts";
import type { Services } from "../services.ts";
import type { Message, RetryMode } from "./message.ts";
import { COLUMNS } from "./queries.ts";
import { announceRounds, beginRounds, type Round } from "./rounds.ts";

// A person's word goes over a provider's: what somebody has paused goes on only when somebody says so.
// What was mended since the provider failed, under the lock against that, pauses nothing any more.
const PAUSE = statement<
  [
    id: string,
    reason: string,
    code: string | null,
    providerIds: string[] | null,
    epochs: number[] | null,
  ],
  Message
>(
  "messages.pause",
  `with failing as materialized (
     select p.id, p.epoch from providers p where p.id = any($4) order by p.id for share
   ),
   said as (
     select coalesce(bool_and(failing.epoch = o.epoch), true) as still, $4::uuid[] is null as by_person
     from unnest($4::uuid[], $5::int[]) o(id, epoch) join failing on failing.id = o.id
   )
   update messages m set status = 'PAUSED', paused_at = coalesce(paused_at, now()),
     pause_reason = case when paused_at is null or by_person then $2 else pause_reason end,
     pause_code = case when paused_at is null or by_person then $3 else pause_code end,
     pause_provider_ids = case when paused_at is null or by_person then $4 else pause_provider_ids end,
     updated_at = now()
   from said
   where m.id = $1 and status in ('SCHEDULED', 'PLANNING', 'SENDING', 'PAUSED') and said.still
   returning ${COLUMNS}`,
);

const LOCK = statement<[id: string], { retryMode: RetryMode }>(
  "messages.lock",
  `select retry_mode as "retryMode" from messages where id = $1 for no key update`,
);

const IS_THROUGH = `m.status = 'SENDING' and m.planned_count = m.recipient_count
  and not exists (select from batches where message_id = m.id and finished_at is null)`;

const THROUGH = statement<[id: string], Message>(
  "messages.through",
  `select ${COLUMNS} from messages m where id = $1 and ${IS_THROUGH}`,
);

// A complaint is about a mail that arrived, so the delivery still counts as sent.
const OUTCOME = `(
  select case when coalesce(sum(sent + complained), 0) = m.recipient_count then 'SENT'
    when sum(sent + complained) > 0 then 'PARTIALLY_SENT' else 'FAILED' end
  from delivery_counters where message_id = m.id)`;

// Asked at the end of every batch: the counters are summed up for the last one only.
const FINISH = statement<[id: string], { id: string }>(
  "messages.finish",
  `update messages m set finished_at = now(), updated_at = now(), status = ${OUTCOME}
   where m.id = $1 and ${IS_THROUGH}
   returning m.id`,
);

const REJUDGE = statement<[ids: string[]]>(
  "messages.rejudge",
  `update messages m set updated_at = now(), status = ${OUTCOME}
   where id = any($1) and status in ('SENT', 'PARTIALLY_SENT', 'FAILED')`,
);

const SHARE = statement<[id: string], { until: Date | null }>(
  "messages.share",
  `select case status when 'SCHEDULED' then send_at end as until from messages
   where id = $1 and status in ('PAUSED', 'SCHEDULED') for share`,
);

/** Why a message is paused. */
export interface PauseCause {
  /** For people. */
  readonly reason: string;
  /** The provider's code; null when a person did it. */
  readonly code: string | null;
  /** The providers that failed, with the epochs in which they did; null: it was a person. */
  readonly providers: readonly { readonly id: string; readonly epoch: number }[] | null;
}

/**
 * Pauses an unfinished message. One that is paused stays so, and is a person's pause once a person has
 * paused it.
 *
 * @returns nothing when it is finished, or its providers have changed since they failed
 */
export async function pause(
  { db, bus }: Services,
  { id, organizationId }: Pick<Message, "id" | "organizationId">,
  { reason, code, providers }: PauseCause,
): Promise<Message | undefined> {
  const ids = providers && providers.map((provider) => provider.id);
  const epochs = providers && providers.map(({ epoch }) => epoch);
  const [paused] = await db.run(PAUSE, id, reason, code, ids, epochs);
  if (paused) bus.publish("messages", organizationId, [id]);
  return paused;
}

/**
 * Ends a message whose last batch has ended, or begins its next round, when it tries again at once what
 * failed and may be mended. Does nothing to any other.
 */
export async function finishMessage(
  services: Services,
  { id, organizationId }: Pick<Message, "id" | "organizationId">,
): Promise<void> {
  let rounds: Round[] = [];
  const finished = await services.db.transaction(async (tx) => {
    // Locked first, looked at second: of two last batches that end together, each would otherwise
    // still see the other.
    const [message] = await tx.run(LOCK, id);
    if (message?.retryMode === "AUTO") {
      rounds = await beginRounds(tx, await tx.run(THROUGH, id), BY_ITSELF);
    }
    return rounds.length > 0 ? [] : await tx.run(FINISH, id);
  });
  announceRounds(services, rounds);
  if (finished.length > 0) services.bus.publish("messages", organizationId, [id]);
}

/** Judges ended messages anew, which the transaction has locked: more was sent than was known. */
export async function rejudge(tx: Connection, ids: readonly string[]): Promise<void> {
  await tx.run(REJUDGE, [...ids]);
}

/**
 * Lays a job of a message aside that is not to go on now: until it is resumed, or its time has come.
 *
 * @returns false when the message is neither paused nor scheduled (any more): the job is then to be
 *   released
 */
export async function parkJob(
  { db, bus }: Services,
  job: { readonly id: string; readonly organizationId: string; readonly fence: number },
  messageId: string,
): Promise<boolean> {
  const parked = await db.transaction(async (tx) => {
    const [message] = await tx.run(SHARE, messageId);
    if (!message) return false;
    return parkClaimed(tx, job.id, job.fence, message.until);
  });
  if (parked) bus.publish("jobs", job.organizationId, [job.id]);
  return parked;
}
