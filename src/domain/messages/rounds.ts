import { type Connection, statement } from "../../db/database.ts";
import { type RetryChoice, takeUp } from "../deliveries/retry.ts";
import { enqueueJobs, wakeWorkers } from "../jobs/enqueue.ts";
import type { Services } from "../services.ts";
import type { Message } from "./message.ts";
import { batchJob } from "./plan.ts";
import { COLUMNS } from "./queries.ts";

/** What a retry queued of one message. */
export interface Round {
  /** As it stood before. */
  readonly message: Message;
  /** 2: the first after the first pass. */
  readonly round: number;
  readonly recipientCount: number;
  readonly batchCount: number;
  /** Of its first batch. */
  readonly startNumber: number;
  /** Of its batches. */
  readonly jobIds: readonly string[];
}

// In one order, so that two retries of the same messages wait for each other and do not deadlock.
const LOCK = statement<[ids: string[]], Message>(
  "messages.lockMany",
  `select ${COLUMNS} from messages where id = any($1) order by id for no key update`,
);

/** Locks messages against every other retry of theirs, and against their end. */
export function lockMessages(tx: Connection, ids: readonly string[]): Promise<Message[]> {
  return tx.run(LOCK, [...ids]);
}

/**
 * Begins a round of each message that has something to be tried again: new batches and their jobs.
 * After the commit, call `announceRounds`.
 *
 * @param messages locked by the transaction
 */
export async function beginRounds(
  tx: Connection,
  messages: readonly Message[],
  choice: RetryChoice,
): Promise<Round[]> {
  if (messages.length === 0) return [];
  const batches = await takeUp(tx, messages.map(({ id }) => id), choice);
  const byMessage = Map.groupBy(batches, ({ messageId }) => messageId);
  const ofMessage = (message: Message) => byMessage.get(message.id) ?? [];
  await enqueueJobs(
    tx,
    messages.flatMap((message) => ofMessage(message).map((batch) => batchJob(message, batch))),
  );
  return messages.flatMap((message) => {
    const [first, ...others] = ofMessage(message);
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
}

/** Tells of messages whose deliveries were taken up. */
export function announceRounds(
  services: Services,
  rounds: readonly Pick<Round, "message" | "jobIds">[],
): void {
  if (rounds.length === 0) return;
  wakeWorkers(services);
  for (
    const [organizationId, group] of Map.groupBy(rounds, (round) => round.message.organizationId)
  ) {
    services.bus.publish("messages", organizationId, group.map(({ message }) => message.id));
    services.bus.publish("deliveries", organizationId, null);
    services.bus.publish("jobs", organizationId, group.flatMap(({ jobIds }) => jobIds));
  }
}
