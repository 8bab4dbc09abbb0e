import { z } from "zod";
import type { Lane } from "./job.ts";

/** What the system can do in the background. */
export interface JobKind {
  readonly kind: string;
  readonly lane: Lane;
  /** For people. */
  readonly description: string;
  readonly payload: z.ZodType<Record<string, unknown>>;
  /** Whether an ADMIN may start one by hand. */
  readonly startable: boolean;
  readonly maxAttempts: number;
  readonly timeoutMs: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const KINDS: readonly JobKind[] = [
  {
    kind: "PLAN_MESSAGE",
    lane: "BULK",
    description: "Cuts a message into batches of up to 100 recipients",
    payload: z.strictObject({ messageId: z.uuid() }),
    startable: false,
    maxAttempts: 10,
    timeoutMs: 30 * MINUTE,
  },
  {
    kind: "SEND_BATCH",
    lane: "BULK",
    description: "Sends one batch of a message and records what became of each recipient",
    payload: z.strictObject({ batchId: z.uuid() }),
    startable: false,
    // Some 17 minutes with the backoff: a provider that restarts costs nobody his mail.
    maxAttempts: 10,
    timeoutMs: 30 * MINUTE,
  },
  {
    kind: "SEND_DUE",
    lane: "SYSTEM",
    description: "Starts the scheduled messages whose time has come",
    payload: z.strictObject({}),
    startable: true,
    maxAttempts: 3,
    timeoutMs: 5 * MINUTE,
  },
  {
    kind: "RETRY_FAILED",
    lane: "SYSTEM",
    description: "Tries again what failed of the messages that are retried by schedule",
    payload: z.strictObject({}),
    startable: true,
    maxAttempts: 3,
    timeoutMs: 10 * MINUTE,
  },
  {
    kind: "CLEANUP",
    lane: "SYSTEM",
    description: "Deletes jobs and deliveries that were finished longer ago than they are kept",
    payload: z.strictObject({}),
    startable: true,
    maxAttempts: 3,
    timeoutMs: 60 * MINUTE,
  },
  {
    kind: "CLEANUP_DELIVERIES",
    lane: "SYSTEM",
    description: "Deletes deliveries that were sent or cancelled longer ago than it is told",
    payload: z.strictObject({ daysToKeep: z.number().int().min(0).max(36_500) }),
    startable: true,
    maxAttempts: 3,
    timeoutMs: 60 * MINUTE,
  },
];

/** Every kind that this program knows, by name. */
export const JOB_KINDS: ReadonlyMap<string, JobKind> = new Map(
  KINDS.map((kind) => [kind.kind, kind]),
);

/**
 * The kind of that name.
 *
 * @throws {Error} when this program has none: a mistake of the program, not of a caller
 */
export function jobKind(name: string): JobKind {
  const kind = JOB_KINDS.get(name);
  if (!kind) throw new Error(`This program has no job kind ${name}`);
  return kind;
}
