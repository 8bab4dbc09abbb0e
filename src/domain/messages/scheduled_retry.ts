import { type Connection, statement } from "../../db/database.ts";
import { SYSTEM_ORGANIZATION_ID } from "../access/access.ts";
import { RETRYABLE } from "../deliveries/list.ts";
import { AUTOMATIC, AUTOMATICALLY_RETRYABLE } from "../deliveries/retry.ts";
import type { Services } from "../services.ts";
import { beginRounds, lockMessages, publishRounds, type Round } from "./rounds.ts";

const HAS_RETRYABLE = `m.retry_mode = 'CRON' and m.status in ('SENDING', 'PARTIALLY_SENT', 'FAILED')
  and exists (select from deliveries d where d.message_id = m.id and ${RETRYABLE}
    and ${AUTOMATICALLY_RETRYABLE})`;

const TO_RETRY = statement<
  [organizationId: string | null, after: string, limit: number],
  { id: string }
>(
  "messages.toRetry",
  `select id from messages m
   where ${HAS_RETRYABLE} and id > $2 and ($1::uuid is null or organization_id = $1)
   order by id limit $3`,
);

const RETRIED_STATUSES: ReadonlySet<string> = new Set(["SENDING", "PARTIALLY_SENT", "FAILED"]);
const CHUNK = 100;
const NIL_UUID = "00000000-0000-0000-0000-000000000000";

/**
 * Begins a round of each message of retry mode CRON that has deliveries to retry.
 *
 * @param organizationId null for all organizations
 * @param report called with the new rounds of up to 100 messages at a time; an error stops the retry
 */
export async function retryScheduled(
  services: Services,
  organizationId: string | null,
  report: (rounds: readonly Round[]) => Promise<void>,
): Promise<void> {
  for (let after = NIL_UUID;;) {
    const found = await services.db.run(TO_RETRY, organizationId, after, CHUNK);
    const last = found.at(-1);
    if (!last) return;
    after = last.id;
    const rounds = await services.db.transaction(async (tx) => {
      const messages = await lockMessages(tx, found.map(({ id }) => id));
      // Checked again under the lock: a message may have been paused or cancelled in the meantime.
      const ready = messages.filter(({ status }) => RETRIED_STATUSES.has(status));
      return await beginRounds(tx, ready, AUTOMATIC);
    });
    publishRounds(services, rounds);
    await report(rounds);
  }
}

const NEXT = statement<[messageIds: string[]], { id: string; at: Date }>(
  "messages.nextRetry",
  `select m.id, min(s.next_at) as at from messages m, schedules s
   where m.id = any($1) and ${HAS_RETRYABLE} and s.kind = 'RETRY_FAILED' and s.enabled
     and s.next_at is not null
     and s.organization_id in (m.organization_id, '${SYSTEM_ORGANIZATION_ID}')
   group by 1`,
);

/**
 * Reads the next tick of the schedules that retry messages, for messages of retry mode CRON that have
 * deliveries to retry.
 *
 * @returns the next tick by message id; without the messages that no enabled schedule retries
 */
export async function readNextRetries(
  db: Connection,
  messageIds: readonly string[],
): Promise<Map<string, Date>> {
  const rows = await db.run(NEXT, [...messageIds]);
  return new Map(rows.map(({ id, at }) => [id, at]));
}
