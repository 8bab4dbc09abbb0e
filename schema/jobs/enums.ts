import { builder } from "../kit/builder.ts";

/** What can be done in the background. */
export const JobKind = builder.enumType("JobKind", {
  description: "What a job does.",
  values: {
    PLAN_MESSAGE: { description: "Cuts a message into batches of up to 100 recipients." },
    SEND_BATCH: { description: "Sends one batch of a message." },
    SEND_DUE: { description: "Starts the scheduled messages whose time has come." },
    RETRY_FAILED: {
      description: "Tries again what failed of the messages that are retried by schedule.",
    },
    CLEANUP: {
      description: "Deletes jobs and deliveries that were finished longer ago than they are kept.",
    },
    CLEANUP_DELIVERIES: {
      description: "Deletes deliveries that were sent or cancelled longer ago than it is told.",
    },
    PROCESS_QUOTE: { description: "Writes a quote. Reserved: this version has no such jobs." },
    LEARN_EMAILS: { description: "Learns from emails. Reserved: this version has no such jobs." },
  } as Readonly<Record<string, { description: string }>>,
});

export const Lane = builder.enumType("Lane", {
  description: "Reserved worker slots: a flood in one lane never takes a slot of another.",
  values: {
    TRANSACTIONAL: { description: "What a person waits for: receipts, confirmations." },
    AI: { description: "Calls of a language model." },
    LEARNING: { description: "Long runs over many emails." },
    BULK: { description: "Messages to many." },
    SYSTEM: { description: "Upkeep." },
  },
});

export const JobStatus = builder.enumType("JobStatus", {
  description: "Where a job stands: QUEUED → PROCESSING → COMPLETED, FAILED or CANCELLED.",
  values: {
    QUEUED: { description: "Waits for a worker, or for its time: see `runAt`." },
    PROCESSING: { description: "A worker is at it." },
    COMPLETED: { description: "Done." },
    FAILED: { description: "Given up after its last attempt; `retryJob` begins it anew." },
    CANCELLED: { description: "Ended by a person; `retryJob` begins it anew." },
  },
});

export const JobOrder = builder.enumType("JobOrder", {
  description: "How a list of jobs is ordered.",
  values: {
    CREATED_DESC: { description: "Newest first." },
    CREATED_ASC: { description: "Oldest first." },
    RUN_AT_ASC: { description: "What is due soonest first." },
    FINISHED_DESC: { description: "What finished last first; what has not comes after it." },
  },
});

export const AttemptOutcome = builder.enumType("AttemptOutcome", {
  description: "How one attempt ended.",
  values: {
    SUCCEEDED: { description: "It did what it was for." },
    FAILED: { description: "It met an error." },
    CANCELLED: { description: "A person ended it." },
    CRASHED: { description: "Its worker died." },
    UNKNOWN: {
      description:
        "Nobody can say: its worker died, or the connection broke, while it was in flight.",
    },
  },
});
