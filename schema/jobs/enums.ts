import { JOB_KINDS } from "../../src/domain/jobs/kinds.ts";
import { builder } from "../kit/builder.ts";

/** All kinds of jobs that this version implements. */
export const JobKind = builder.enumType("JobKind", {
  description: "Kind of a job: the work that it does.",
  values: JOB_KINDS,
});

export const Lane = builder.enumType("Lane", {
  description: "Lane: reserved worker slots. Jobs of one lane never use the slots of another.",
  values: {
    TRANSACTIONAL: {
      description: "Jobs that a person waits for, such as receipts and confirmations.",
    },
    AI: { description: "Calls of a language model." },
    LEARNING: { description: "Long runs over many emails." },
    BULK: { description: "Messages to many recipients." },
    SYSTEM: { description: "Maintenance." },
  },
});

export const JobStatus = builder.enumType("JobStatus", {
  description: "State of a job: QUEUED → PROCESSING → COMPLETED, FAILED or CANCELLED.",
  values: {
    QUEUED: {
      description:
        "Waiting for a worker slot, for `runAt` (a later start or a retry) or, while parked, for " +
        "its message to be resumed.",
    },
    PROCESSING: {
      description:
        "Running on a worker. Returns to QUEUED if an attempt fails and another is left.",
    },
    COMPLETED: { description: "Finished successfully." },
    FAILED: {
      description:
        "Failed in its last attempt, or with an error that a retry cannot fix; `retryJob` starts " +
        "it again.",
    },
    CANCELLED: {
      description: "Cancelled by a person, or with its message; `retryJob` starts it again.",
    },
  },
});

export const JobOrder = builder.enumType("JobOrder", {
  description: "Order of a list of jobs.",
  values: {
    CREATED_DESC: { description: "Newest first." },
    CREATED_ASC: { description: "Oldest first." },
    RUN_AT_ASC: { description: "Earliest `runAt` first." },
    FINISHED_DESC: { description: "Latest `finishedAt` first; unfinished jobs last." },
  },
});

export const AttemptOutcome = builder.enumType("AttemptOutcome", {
  description: "Outcome of an attempt.",
  values: {
    SUCCEEDED: { description: "Completed successfully." },
    FAILED: { description: "Ended with an error." },
    CANCELLED: { description: "Job only: ended by a cancellation." },
    CRASHED: { description: "Job only: interrupted by the death of its worker." },
    UNKNOWN: {
      description:
        "Delivery only: possibly sent; the worker died or the connection broke before the answer " +
        "was recorded.",
    },
  },
});
