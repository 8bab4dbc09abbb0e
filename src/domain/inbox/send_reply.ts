import { z } from "zod";
import { type Connection, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { answerThread } from "../emails/answer.ts";
import type { Thread } from "../emails/email.ts";
import { getThread } from "../emails/find.ts";
import { insertEmails } from "../emails/store.ts";
import { ConflictError, InvalidInputError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import { wakeWorkers } from "../jobs/enqueue.ts";
import { publishSmall } from "../messages/send.ts";
import { insertSmallMessages } from "../messages/send_now.ts";
import { deliveryIdOf } from "../messages/single_mail.ts";
import type { Services } from "../services.ts";
import { issuesOf, singleLine } from "../validation.ts";
import { getSuggestion } from "./find.ts";
import { publishAnswers, recordAnswers, type RecordedAnswers } from "./record_answer.ts";
import { prepareReply, type ReplyMail } from "./reply_mail.ts";
import { enqueueReviews } from "./review.ts";

const MAX_LENGTH = 50_000;

const inputSchema = z.object({
  text: z.string().max(MAX_LENGTH, `is longer than ${MAX_LENGTH.toLocaleString("en")} characters`)
    .regex(/^[^\0]*$/, "must not contain NUL characters")
    .refine((text) => /\S/.test(text), { error: "is empty", params: { code: "REQUIRED" } }),
  suggestionId: z.string().nullish(),
  idempotencyKey: singleLine(200).nullish(),
});

/** Input of `sendReply`. */
export interface SendReplyInput {
  readonly text: string;
  /** Database id of the suggestion on which the text is based; absent: none. */
  readonly suggestionId?: string | null;
  readonly idempotencyKey?: string | null;
}

/** Reply that was sent by this call or, with the same idempotency key, by an earlier one. */
export interface SentReply {
  readonly thread: Thread;
  readonly deliveryId: string;
  readonly created: boolean;
}

const FIND_EARLIER = statement<
  [organizationId: string, idempotencyKey: string, threadId: string],
  { deliveryId: string; text: string }
>(
  "emails.replyOfKey",
  `select d.id as "deliveryId", e.text
   from messages m join deliveries d on d.message_id = m.id join emails e on e.delivery_id = d.id
   where m.organization_id = $1 and m.idempotency_key = $2 and e.thread_id = $3`,
);

/**
 * Sends a reply to the newest mail of a thread, and records the outcome of its suggestion; an edited suggestion is
 * reviewed. Allowed for all roles.
 *
 * @returns the thread and the delivery; `created` is false if the idempotency key belongs to an earlier reply
 * @throws {InvalidInputError} with every fault; nothing is written then
 * @throws {NotFoundError} for a thread or suggestion of another organization
 * @throws {ConflictError} ALREADY_FINISHED if the suggestion was sent or replaced, or the thread is answered; CHANGED if
 *   the key belongs to another reply
 */
export async function sendReply(
  services: Services,
  caller: Caller,
  threadId: string,
  input: SendReplyInput,
): Promise<SentReply> {
  const issues = issuesOf(inputSchema.safeParse(input), ["input"]);
  if (issues.length > 0) throw new InvalidInputError(issues);
  const thread = await getThread(services, caller, threadId);
  await checkSuggestion(services, caller, thread, input.suggestionId ?? null);
  const text = input.text.toWellFormed();
  const key = input.idempotencyKey
    ? `reply ${toTypeId("thread", threadId)} ${input.idempotencyKey.trim()}`
    : null;
  const reply = await prepareReply(services, caller, thread, text, key);
  const recorded = await services.db.transaction((tx) =>
    write(tx, thread, reply, text, input.suggestionId ?? null)
  );
  if (recorded === null) return await earlierReply(services, caller, thread, key ?? "", text);
  publishSmall(services, reply.message);
  publishAnswers(services, recorded);
  wakeWorkers(services, ["AI"]);
  services.bus.publish("threads", caller.organizationId, [threadId]);
  return {
    thread: await getThread(services, caller, threadId),
    deliveryId: deliveryIdOf(reply.message),
    created: true,
  };
}

async function checkSuggestion(
  services: Services,
  caller: Caller,
  thread: Thread,
  suggestionId: string | null,
): Promise<void> {
  if (suggestionId === null) return;
  const suggestion = await getSuggestion(services, caller, suggestionId);
  if (suggestion.threadId === thread.id) return;
  const message = `belongs to thread ${toTypeId("thread", suggestion.threadId)}`;
  throw new InvalidInputError([
    { path: ["input", "suggestionId"], code: "NOT_APPLICABLE", message },
  ]);
}

/** Returns null, and writes nothing, if the idempotency key belongs to an earlier reply. */
async function write(
  tx: Connection,
  { id: threadId, organizationId }: Thread,
  { message, email }: ReplyMail,
  text: string,
  suggestionId: string | null,
): Promise<RecordedAnswers | null> {
  const [written] = await insertSmallMessages(tx, [message]);
  if (!written) return null;
  // Locks the thread before its suggestion, in the same order as an inbound mail does.
  await answerThread(tx, organizationId, threadId);
  await insertEmails(tx, [email]);
  const recorded = await recordAnswers(tx, [{ organizationId, threadId, text, suggestionId }]);
  if (suggestionId !== null && !recorded.measured.some(({ id }) => id === suggestionId)) {
    throw new ConflictError(
      "ALREADY_FINISHED",
      `Cannot send suggestion ${
        toTypeId("suggestion", suggestionId)
      }: it was sent or replaced, or its ` +
        "thread is answered",
    );
  }
  await enqueueReviews(tx, recorded.measured);
  return recorded;
}

async function earlierReply(
  services: Services,
  caller: Caller,
  thread: Thread,
  key: string,
  text: string,
): Promise<SentReply> {
  const [earlier] = await services.db.run(FIND_EARLIER, caller.organizationId, key, thread.id);
  if (!earlier || earlier.text !== text) {
    throw new ConflictError(
      "CHANGED",
      "Cannot send the reply: the idempotency key belongs to another reply",
    );
  }
  return { thread, deliveryId: earlier.deliveryId, created: false };
}
