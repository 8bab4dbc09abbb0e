import { z } from "zod";
import { parseTypeId, toTypeId } from "../../domain/id.ts";
import type { Job, JobError } from "../../domain/jobs/job.ts";
import { findMessages } from "../../domain/messages/find.ts";
import type { MessageStatus } from "../../domain/message_status.ts";
import type { Services } from "../../domain/services.ts";

/** A message that a job of a schedule worked on. */
export interface CronResult {
  readonly messageId: string;
  readonly title: string;
  /** Present status; null if the message was deleted since. */
  readonly status: MessageStatus | null;
  readonly recipients: number;
  readonly batches: number;
  /** Number of the retry of the message, from 1. */
  readonly attempt: number;
}

/** Result of one fire. */
export interface CronReport {
  /** Name of the schedule. */
  readonly schedule: string;
  /** Null: the job of an earlier fire is unfinished. */
  readonly job: string | null;
  /** Number of messages, or of other objects that the job processed. */
  readonly processed: number;
  readonly recipients: number;
  readonly results: readonly CronResult[];
  /** Absent: none. */
  readonly error?: JobError;
}

// The form of RETRY_FAILED; other kinds have none of these fields, or some.
const resultSchema = z.object({
  messageCount: z.number().optional(),
  recipientCount: z.number().default(0),
  messages: z.array(z.object({
    messageId: z.string(),
    title: z.string(),
    round: z.number().default(1),
    recipientCount: z.number().default(0),
    batchCount: z.number().default(0),
  })).default([]),
});

/**
 * Reports what a fire has done so far.
 *
 * @param schedule name
 * @param job undefined: none, or deleted since
 */
export async function reportOf(
  { db }: Services,
  schedule: string,
  jobId: string | null,
  job: Job | undefined,
): Promise<CronReport> {
  const { data } = resultSchema.safeParse(job?.result ?? {});
  const messages = data?.messages ?? [];
  const ids = messages.flatMap(({ messageId }) => parseTypeId(messageId)?.id ?? []);
  const found = ids.length === 0 ? [] : await findMessages(db, ids);
  const statuses = new Map(found.map(({ id, status }) => [toTypeId("message", id), status]));
  return {
    schedule,
    job: jobId && toTypeId("job", jobId),
    processed: data?.messageCount ?? job?.progress?.processed ?? 0,
    recipients: data?.recipientCount ?? 0,
    results: messages.map(({ messageId, title, round, recipientCount, batchCount }) => ({
      messageId,
      title,
      status: statuses.get(messageId) ?? null,
      recipients: recipientCount,
      batches: batchCount,
      attempt: round,
    })),
    ...job?.error && { error: job.error },
  };
}
