import { z } from "zod";
import { parseTypeId } from "../id.ts";
import type { Lane } from "./lane.ts";

/** Declaration of a kind of job. */
export interface JobKind {
  /** Schema of the payload. The queue checks it before each attempt. */
  readonly payload: z.ZodType<Record<string, unknown>>;
  /** Lane of its jobs, unless a job names another. */
  readonly lane: Lane;
  /** Maximum number of attempts, unless a job names another. */
  readonly maxAttempts: number;
  /** Maximum duration of one attempt, in milliseconds. */
  readonly timeoutMs: number;
  /** One sentence for users. */
  readonly description: string;
  /** Whether an ADMIN may start a job of this kind by `startJob`. */
  readonly startable: boolean;
  /** Whether the user of a job is notified of its end. Absent: no, because it works for another object. */
  readonly notifies?: true;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/**
 * All kinds of jobs, by name. A new kind needs an entry here and a handler; `src/handlers/registry.ts`
 * does not compile until it has one.
 */
export const JOB_KINDS = {
  PLAN_MESSAGE: {
    payload: z.strictObject({ messageId: z.uuid() }),
    lane: "BULK",
    maxAttempts: 10,
    timeoutMs: 30 * MINUTE,
    description: "Splits a message into batches of up to 100 recipients.",
    startable: false,
  },
  SEND_BATCH: {
    payload: z.strictObject({ batchId: z.uuid() }),
    lane: "BULK",
    // With the backoff these attempts span about 17 minutes, so that a batch survives repeated errors of the
    // program or the database. Failures of providers use none.
    maxAttempts: 10,
    timeoutMs: 30 * MINUTE,
    description: "Sends one batch of a message and records the outcome of each recipient.",
    startable: false,
  },
  REMOVE_RECIPIENTS: {
    payload: z.strictObject({
      audienceId: z.uuid(),
      after: z.number().int().min(0),
      last: z.number().int().min(0),
    }),
    lane: "SYSTEM",
    maxAttempts: 10,
    timeoutMs: 60 * MINUTE,
    description: "Removes the recipients of a deleted audience, or of an import that failed.",
    startable: false,
  },
  SEND_DUE: {
    payload: z.strictObject({}),
    lane: "SYSTEM",
    maxAttempts: 3,
    timeoutMs: 5 * MINUTE,
    description:
      "Starts scheduled messages that are due, and queues the mails of campaigns that are due.",
    startable: true,
    notifies: true,
  },
  ENROL_CONTACTS: {
    payload: z.strictObject({ campaignId: z.uuid() }),
    lane: "SYSTEM",
    maxAttempts: 10,
    timeoutMs: 60 * MINUTE,
    description: "Enrols the existing contacts in a campaign.",
    startable: false,
  },
  RETRY_FAILED: {
    payload: z.strictObject({}),
    lane: "SYSTEM",
    maxAttempts: 3,
    timeoutMs: 10 * MINUTE,
    description: "Retries the failed deliveries of messages in retry mode CRON.",
    startable: true,
    notifies: true,
  },
  CLEANUP: {
    payload: z.strictObject({}),
    lane: "SYSTEM",
    maxAttempts: 3,
    timeoutMs: 60 * MINUTE,
    description: "Deletes finished jobs and deliveries whose retention period is over.",
    startable: true,
    notifies: true,
  },
  CLEANUP_DELIVERIES: {
    payload: z.strictObject({
      daysToKeep: z.number().int("is not a whole number")
        .min(0, "is below 0").max(36_500, "is above 36,500"),
    }),
    lane: "SYSTEM",
    maxAttempts: 3,
    timeoutMs: 60 * MINUTE,
    description: "Deletes sent and cancelled deliveries that are older than `daysToKeep`.",
    startable: true,
    notifies: true,
  },
  RUN_BULK_ACTION: {
    payload: z.strictObject({ actionId: z.uuid() }),
    lane: "SYSTEM",
    maxAttempts: 10,
    timeoutMs: 5 * MINUTE,
    description: "Acts on the items of a bulk action, in stages.",
    startable: false,
  },
  TRY_PROMPT: {
    payload: z.strictObject({ trialId: z.uuid() }),
    lane: "AI",
    maxAttempts: 5,
    timeoutMs: 30 * MINUTE,
    description: "Answers past inputs with a version of a prompt, to compare the answers.",
    startable: false,
  },
  PROCESS_QUOTE: {
    payload: z.strictObject({
      quoteId: z.string()
        .refine((id) => parseTypeId(id)?.noun === "quote", "is not the id of a quote (quo_…)"),
      resend: z.boolean().default(false),
    }),
    lane: "AI",
    maxAttempts: 3,
    timeoutMs: 30 * MINUTE,
    description: "Asks the language model for the estimate of a quote, and mails it.",
    startable: true,
    notifies: true,
  },
  SUGGEST_REPLY: {
    payload: z.strictObject({ suggestionId: z.uuid() }),
    lane: "AI",
    // The first attempt and three more, after 2, 4 and 8 s.
    maxAttempts: 4,
    timeoutMs: 10 * MINUTE,
    description: "Asks the language model for a suggested reply to the newest mail of a thread.",
    startable: false,
  },
  EMBED_FACTS: {
    payload: z.strictObject({}),
    lane: "LEARNING",
    maxAttempts: 5,
    timeoutMs: 30 * MINUTE,
    description: "Requests embeddings of new and changed facts, to find facts by meaning.",
    startable: false,
  },
  REGENERATE_SUGGESTIONS: {
    payload: z.strictObject({
      threadIds: z.array(z.uuid()).min(1),
      instruction: z.string().nullable(),
    }),
    lane: "SYSTEM",
    maxAttempts: 3,
    timeoutMs: 10 * MINUTE,
    description: "Regenerates the suggested replies of many threads.",
    startable: false,
    notifies: true,
  },
  PROCESS_QUOTES: {
    payload: z.strictObject({
      limit: z.number().int("is not a whole number").min(0, "is below 0").max(
        1_000,
        "is above 1,000",
      )
        .default(20),
    }),
    lane: "SYSTEM",
    maxAttempts: 3,
    timeoutMs: 5 * MINUTE,
    description:
      "Queues the oldest PENDING quotes for the language model, and releases stale locks.",
    startable: true,
    notifies: true,
  },
  RETRY_QUOTE_EMAILS: {
    payload: z.strictObject({
      type: z.enum(["CUSTOMER", "ADMIN", "BOTH"]).default("BOTH"),
      limit: z.number().int("is not a whole number").min(1, "is below 1").max(
        1_000,
        "is above 1,000",
      )
        .default(30),
      maxAttempts: z.number().int("is not a whole number").min(1, "is below 1").max(
        10,
        "is above 10",
      )
        .default(3),
    }),
    lane: "SYSTEM",
    maxAttempts: 3,
    timeoutMs: 5 * MINUTE,
    description: "Retries failed mails of quotes, one every 2 s.",
    startable: true,
    notifies: true,
  },
  RELEASE_STALE_LOCKS: {
    payload: z.strictObject({}),
    lane: "SYSTEM",
    maxAttempts: 3,
    timeoutMs: 5 * MINUTE,
    description: "Releases locks of quotes that are older than 30 minutes.",
    startable: true,
    notifies: true,
  },
  LEARN_EMAILS: {
    payload: z.strictObject({ runId: z.uuid() }),
    lane: "LEARNING",
    maxAttempts: 10,
    timeoutMs: 30 * MINUTE,
    description: "Learns tone, topics and facts from mails that the organization has sent.",
    startable: false,
  },
  REVIEW_EDIT: {
    payload: z.strictObject({ suggestionId: z.uuid() }),
    lane: "AI",
    maxAttempts: 3,
    timeoutMs: 10 * MINUTE,
    description:
      "Asks the language model for the shortcomings of a suggested reply that a person has " +
      "edited, and proposes facts.",
    startable: false,
  },
  DELIVER_EVENTS: {
    payload: z.strictObject({ endpointId: z.uuid() }),
    lane: "WEBHOOK",
    maxAttempts: 10,
    timeoutMs: 5 * MINUTE,
    description: "Delivers the events of a webhook endpoint that are due.",
    startable: false,
  },
  ERASE_CONTACT: {
    payload: z.strictObject({ contactId: z.uuid() }),
    lane: "SYSTEM",
    maxAttempts: 10,
    timeoutMs: 60 * MINUTE,
    description: "Erases all data about a contact.",
    startable: false,
  },
  ERASE_USER: {
    payload: z.strictObject({ userId: z.string() }),
    lane: "SYSTEM",
    maxAttempts: 10,
    timeoutMs: 60 * MINUTE,
    description: "Erases all data about a user of the API.",
    startable: false,
  },
  DELETE_ORGANIZATION: {
    payload: z.strictObject({ organizationId: z.uuid() }),
    lane: "SYSTEM",
    maxAttempts: 10,
    timeoutMs: 60 * MINUTE,
    description: "Deletes the rows of a deleted organization.",
    startable: false,
    notifies: true,
  },
} as const satisfies Readonly<Record<string, JobKind>>;

/** Name of a kind of job. */
export type JobKindName = keyof typeof JOB_KINDS;

/** Payload of a kind's jobs. */
export type JobPayload<Kind extends JobKindName> = z.output<(typeof JOB_KINDS)[Kind]["payload"]>;

/** Payloads of all kinds. */
export type JobPayloads = { readonly [Kind in JobKindName]: JobPayload<Kind> };

/** Names of all kinds. */
export const JOB_KIND_NAMES: readonly JobKindName[] = Object.keys(JOB_KINDS).filter(isJobKind);

/** Whether this version of the program has the kind. The database may contain kinds of a newer one. */
export function isJobKind(name: string): name is JobKindName {
  return Object.hasOwn(JOB_KINDS, name);
}
