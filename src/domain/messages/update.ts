import { z } from "zod";
import { type Connection, LONG, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { getAudience } from "../audiences/find.ts";
import { missingContactVariable } from "../contacts/recipients.ts";
import type { RetryBackoff, RetryMode } from "../deliveries/delivery.ts";
import { AUTOMATIC } from "../deliveries/retry.ts";
import { ConflictError, InvalidInputError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import { enqueueJobs, wakeWorkers } from "../jobs/enqueue.ts";
import { rescheduleJob } from "../jobs/reschedule.ts";
import type { Content } from "../rendering.ts";
import type { Services } from "../services.ts";
import { issuesOfTemplates } from "../templates/content_check.ts";
import { issuesOf } from "../validation.ts";
import { COLUMNS, getMessage } from "./find.ts";
import { DEFAULT_RETRY, issuesOfText, messageFields, missingAudienceVariable } from "./input.ts";
import { isFinal, type Message } from "./message.ts";
import { planJob } from "./plan.ts";
import { beginRounds, publishRounds, type Round } from "./rounds.ts";

/** Input of `updateMessage`; absent fields keep their value. */
export interface UpdateMessageInput {
  /** 1 to 200 characters. */
  readonly title?: string | null;
  readonly content?: Content | null;
  /** Null: send now. */
  readonly sendAt?: Date | null;
  /** Null: the default of `sendMessage`; absent fields keep their value. */
  readonly retry?: {
    readonly mode?: RetryMode | null;
    readonly maxAttempts?: number | null;
    readonly backoff?: RetryBackoff | null;
  } | null;
}

const CLEARED = "is required and cannot be removed";
const inputSchema = z.object({
  title: messageFields.title.optional(),
  content: messageFields.content.optional(),
  sendAt: messageFields.sendAt,
  retry: z.object({ maxAttempts: messageFields.maxAttempts.nullish() }).nullish(),
});

const UPDATE = statement<
  [
    id: string,
    title: string | null,
    subject: string | null,
    text: string | null,
    html: string | null,
    setSendAt: boolean,
    sendAt: Date | null,
    retryMode: RetryMode | null,
    maxAttempts: number | null,
    retryBackoff: RetryBackoff | null,
    anyStatus: boolean,
  ],
  Message
>(
  "messages.update",
  `update messages set updated_at = now(),
     title = coalesce($2, title),
     subject = coalesce($3, subject),
     text_body = case when $3 is null then text_body else $4 end,
     html_body = case when $3 is null then html_body else $5 end,
     template_id = case when $3 is null then template_id end,
     template_version = case when $3 is null then template_version end,
     send_at = case when $6 then $7 else send_at end,
     status = case when not $6 then status when $7 > now() then 'SCHEDULED' else 'PLANNING' end,
     retry_mode = coalesce($8, retry_mode),
     max_attempts = coalesce($9, max_attempts),
     retry_backoff = coalesce($10, retry_backoff)
   where id = $1 and (status = 'SCHEDULED' and campaign_id is null or $11)
   returning ${COLUMNS}`,
);

const FIRST_WITHOUT_VARIABLE = statement<
  [messageId: string, variable: string],
  { address: string }
>(
  "deliveries.firstWithoutVariable",
  `select address from deliveries where message_id = $1 and not variables ? $2 order by n limit 1`,
  LONG,
);

/**
 * Changes title, content and time of a SCHEDULED message, and the retry settings of any message. A
 * message that has ended starts its next retry round at once if its mode becomes AUTO, or if AUTO may
 * now make more attempts.
 *
 * @returns the changed message
 * @throws {InvalidInputError} with every fault; nothing is changed then
 * @throws {NotFoundError} also for a message that the caller may not see
 * @throws {ConflictError} ALREADY_RUNNING or ALREADY_FINISHED for title, content or time of a message
 *   that is no longer SCHEDULED, or belongs to a campaign
 */
export async function updateMessage(
  services: Services,
  caller: Caller,
  id: string,
  input: UpdateMessageInput,
): Promise<Message> {
  const message = await getMessage(services, caller, id);
  const { title, content, sendAt } = await checkUpdate(services, caller, message, input);
  const retry = input.retry === null ? DEFAULT_RETRY : input.retry;
  const isRescheduled = sendAt !== undefined;
  let rounds: Round[] = [];
  const updated = await services.db.transaction(async (tx) => {
    const [row] = await tx.run(
      UPDATE,
      id,
      title ?? null,
      content?.subject ?? null,
      content?.text ?? null,
      content?.html ?? null,
      isRescheduled,
      sendAt ?? null,
      retry?.mode ?? null,
      retry?.maxAttempts ?? null,
      retry?.backoff ?? null,
      title === undefined && content === undefined && !isRescheduled,
    );
    if (row && isRescheduled) await reschedulePlanning(tx, row);
    if (row && retry && hasEnded(row) && row.retryMode === "AUTO") {
      rounds = await beginRounds(tx, [row], AUTOMATIC);
    }
    return row;
  });
  if (!updated) throw notScheduled(await getMessage(services, caller, id));
  if (isRescheduled) wakeWorkers(services, [updated.lane]);
  services.bus.publish("messages", caller.organizationId, [id]);
  // Time, content and retryability of the deliveries are derived from their message.
  services.bus.publish("deliveries", caller.organizationId, null);
  publishRounds(services, rounds);
  return rounds.length > 0 ? await getMessage(services, caller, id) : updated;
}

// Excludes messages that are still being sent: they start their next round when the pass ends.
function hasEnded({ status }: Message): boolean {
  return isFinal(status) && status !== "CANCELLED";
}

// A running planning job parks itself until the new time; a cancelled or failed one is replaced.
async function reschedulePlanning(tx: Connection, message: Message): Promise<void> {
  const job = planJob(message);
  const key = job.uniqueKey ?? "";
  const rescheduled = await rescheduleJob(tx, message.organizationId, key, message.sendAt);
  if (rescheduled === null) await enqueueJobs(tx, [job]);
}

async function checkUpdate(
  services: Services,
  caller: Caller,
  message: Message,
  input: UpdateMessageInput,
): Promise<z.infer<typeof inputSchema>> {
  const fields = inputSchema.safeParse(input);
  const issues = issuesOf(fields).map((issue) =>
    isCleared(input, issue.path) ? { ...issue, code: "REQUIRED", message: CLEARED } : issue
  );
  if (input.content && !issues.some(({ path }) => path[0] === "content")) {
    issues.push(
      ...issuesOfText(message.channel, input.content),
      ...await issuesOfTemplates(
        services,
        caller,
        input.content,
        message,
        await missingVariableCheck(services, caller, message),
      ),
    );
  }
  if (!fields.success || issues.length > 0) throw new InvalidInputError(issues);
  return fields.data;
}

function isCleared(input: UpdateMessageInput, [field, ...rest]: readonly string[]): boolean {
  if (rest.length > 0) return false;
  return field === "title" && input.title === null || field === "content" && input.content === null;
}

// Every inline recipient must have the variables of the templates; of an audience or all contacts, at least one.
async function missingVariableCheck(
  services: Services,
  caller: Caller,
  { id, audienceId, contactSelection }: Message,
): Promise<(name: string) => string | null | Promise<string | null>> {
  if (contactSelection !== null) {
    return (name) => missingContactVariable(services, caller, contactSelection, name);
  }
  if (audienceId !== null) {
    const audience = await getAudience(services, caller, audienceId);
    return (name) => missingAudienceVariable(audience, name);
  }
  return async (name) => {
    const [lacking] = await services.db.run(FIRST_WITHOUT_VARIABLE, id, name);
    return lacking ? `${lacking.address} has no variable ${name}` : null;
  };
}

function notScheduled({ id, status, campaignId }: Message): ConflictError {
  const code = isFinal(status) ? "ALREADY_FINISHED" : "ALREADY_RUNNING";
  const name = toTypeId("message", id);
  if (campaignId !== null) {
    const campaign = toTypeId("campaign", campaignId);
    const instead = `change campaign ${campaign} instead`;
    return new ConflictError(
      code,
      `Cannot change title, content or time of message ${name}: ${instead}`,
    );
  }
  const reason = `Cannot change title, content or time of message ${name}: status is ${status}`;
  return new ConflictError(code, reason);
}
