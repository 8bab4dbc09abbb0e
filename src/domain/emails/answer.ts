import { type Connection, statement } from "../../db/database.ts";

const ANSWER = statement<[organizationId: string, threadId: string]>(
  "threads.answer",
  `update threads set answered = true, last_message_at = greatest(last_message_at, now())
   where organization_id = $1 and id = $2`,
);

/** Locks a thread, and records that no mail of it waits for an answer any more. Publish the topic `threads` afterwards. */
export async function answerThread(
  tx: Connection,
  organizationId: string,
  threadId: string,
): Promise<void> {
  await tx.run(ANSWER, organizationId, threadId);
}
