import { type Connection, statement } from "../../db/database.ts";
import { requeueFailed, type RetryChoice } from "../deliveries/retry.ts";
import { enqueueJobs, wakeWorkers } from "../jobs/enqueue.ts";
import type { Services } from "../services.ts";
import { COLUMNS } from "./find.ts";
import type { Message } from "./message.ts";
import { batchJob } from "./plan.ts";

/** A new round of one message. */
export interface Round {
  /** The message as it was before the round. */
  readonly message: Message;
  /** Number of the round; the first one after the first pass is 2. */
  readonly round: number;
  readonly recipientCount: number;
  readonly batchCount: number;
  /** Number of its first batch. */
  readonly startNumber: number;
  /** The jobs that send its batches. */
  readonly jobIds: readonly string[];
}

// In the order of ids, so that two retries of the same messages wait for each other without a deadlock.
const LOCK = statement<[ids: string[]], Message>(
  "messages.lockMany",
  `select ${COLUMNS} from messages where id = any($1) order by id for no key update`,
);

/** Locks messages, so that no other transaction retries or finishes them. */
export function lockMessages(tx: Connection, ids: readonly string[]): Promise<Message[]> {
  return tx.run(LOCK, [...ids]);
}

// A message that has no unfinished batch of an earlier round starts a new pass: its status becomes SENDING,
// and the measurement of its sending rate starts again. Otherwise the round joins the current pass.
const BEGIN = statement<[ids: string[], rounds: number[], sizes: number[]]>(
  "messages.beginRounds",
  `update messages m set retry_rounds = retry_rounds + 1, finished_at = null, updated_at = now(),
     status = case when r.starts_pass then 'SENDING' else m.status end,
     last_batch = case when campaign_id is null then last_batch
       else (select max(number) from batches where message_id = m.id) end,
     moving_ms = case when r.starts_pass then 0 else moving_ms end,
     moved_count = case when r.starts_pass then 0 else moved_count end
   from (
     select m.id, r.size, m.status in ('SENDING', 'SENT', 'PARTIALLY_SENT', 'FAILED')
       and not exists (select from batches b
         where b.message_id = m.id and b.finished_at is null and b.round < r.round) as starts_pass
     from messages m join unnest($1::uuid[], $2::int[], $3::int[]) r(id, round, size) on r.id = m.id
   ) r
   where m.id = r.id`,
);

/**
 * Begins a round of each message that has deliveries to retry: new batches, and a job for each batch.
 * Call `publishRounds` after the commit.
 *
 * @param messages messages that the transaction has locked
 */
export async function beginRounds(
  tx: Connection,
  messages: readonly Message[],
  choice: RetryChoice,
): Promise<Round[]> {
  if (messages.length === 0) return [];
  const batches = await requeueFailed(tx, messages.map(({ id }) => id), choice);
  const byMessage = Map.groupBy(batches, ({ messageId }) => messageId);
  const batchesOf = (message: Message) => byMessage.get(message.id) ?? [];
  await enqueueJobs(
    tx,
    messages.flatMap((message) => batchesOf(message).map((batch) => batchJob(message, batch))),
  );
  const rounds = messages.flatMap((message) => {
    const [first, ...others] = batchesOf(message);
    if (!first) return [];
    return {
      message,
      round: first.round,
      recipientCount: others.reduce((sum, { size }) => sum + size, first.size),
      batchCount: 1 + others.length,
      startNumber: first.number,
      jobIds: [first, ...others].map(({ jobId }) => jobId),
    };
  });
  if (rounds.length > 0) {
    await tx.run(
      BEGIN,
      rounds.map(({ message }) => message.id),
      rounds.map(({ round }) => round),
      rounds.map(({ recipientCount }) => recipientCount),
    );
  }
  return rounds;
}

/** Wakes the workers and publishes the messages, deliveries and jobs of new rounds. */
export function publishRounds(
  services: Services,
  rounds: readonly Pick<Round, "message" | "jobIds">[],
): void {
  if (rounds.length === 0) return;
  wakeWorkers(services, rounds.map(({ message }) => message.lane));
  for (
    const [organizationId, group] of Map.groupBy(rounds, (round) => round.message.organizationId)
  ) {
    services.bus.publish("messages", organizationId, group.map(({ message }) => message.id));
    services.bus.publish("deliveries", organizationId, null);
    services.bus.publish("jobs", organizationId, group.flatMap(({ jobIds }) => jobIds));
  }
}
