import { MAX_SEARCHED } from "../../src/domain/jobs/filter.ts";
import { JOB_KINDS } from "../../src/domain/jobs/kinds.ts";
import type { JobMomentState as State } from "../../src/domain/jobs/timeline.ts";
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
    WEBHOOK: {
      description:
        "Events to webhook endpoints. A slot serves ten endpoints, since it waits for their answers.",
    },
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

const AMONG_NEWEST = `among the newest ${MAX_SEARCHED.toLocaleString("en")} jobs of the filter`;

export const JobOrder = builder.enumType("JobOrder", {
  description: "Order of a list of jobs.",
  values: {
    CREATED_DESC: { description: "Newest first." },
    CREATED_ASC: { description: "Oldest first." },
    RUN_AT_ASC: { description: `Earliest \`runAt\` first, ${AMONG_NEWEST}.` },
    FINISHED_DESC: {
      description: `Latest \`finishedAt\` first, unfinished jobs last, ${AMONG_NEWEST}.`,
    },
  },
});

const MOMENT_STATES: Readonly<Record<State, { readonly description: string }>> = {
  QUEUED: {
    description: "Created, retried by a person, or queued again because its worker stopped.",
  },
  STARTED: { description: "An attempt started." },
  PUT_OFF: {
    description: "An attempt failed and another is left, or the job waits for a later time.",
  },
  RESCUED: { description: "The worker died during an attempt, and the job was queued again." },
  COMPLETED: { description: "Finished successfully." },
  FAILED: { description: "The last attempt failed." },
  CANCELLED: { description: "Cancelled." },
};

export const JobMomentState = builder.enumType("JobMomentState", {
  description: "State that a job enters by a change of its timeline.",
  values: MOMENT_STATES,
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
