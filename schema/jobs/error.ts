import type { JobError } from "../../src/domain/jobs/job.ts";
import { builder } from "../kit/builder.ts";

/** Error of a job, of one attempt or of one item. */
export const JobErrorObject = builder.objectRef<JobError>("JobError").implement({
  description: "Error of a job, of one attempt or of one item.",
  fields: (t) => ({
    type: t.exposeString("type", {
      description:
        "Error type for programs: TIMEOUT, CRASHED, INVALID_PAYLOAD, INTERNAL, or a type of the " +
        "job kind.",
    }),
    code: t.exposeString("code", {
      nullable: true,
      description: "Error code of the external service; null if it sent none.",
    }),
    message: t.exposeString("message", { description: "Explanation for people." }),
  }),
});
