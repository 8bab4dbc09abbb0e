import { toTypeId } from "../../src/domain/id.ts";
import type { JobMoment } from "../../src/domain/jobs/timeline.ts";
import { readHosts } from "../../src/domain/jobs/workers.ts";
import { builder } from "../kit/builder.ts";
import { batchLoader } from "../kit/loader.ts";
import { JobMomentState } from "./enums.ts";

const hostOf = batchLoader<string>(({ services }, ids) => readHosts(services.db, ids));

/** A worker that had a job; it may have ended. Its source is the database id. */
export const JobWorkerObject = builder.objectRef<string>("JobWorker").implement({
  description: "Worker that has or had a job; it may have ended.",
  fields: (t) => ({
    id: t.id({
      description:
        "Id of the worker: wrk_…; `node` returns the Worker until its lease has expired.",
      resolve: (id) => toTypeId("worker", id),
    }),
    host: t.string({
      nullable: true,
      description: "Host that it runs or ran on; null for callers other than the OPERATOR.",
      resolve: (id, _args, context) =>
        context.caller.role === "OPERATOR" ? hostOf(context, id) : null,
    }),
  }),
});

export const JobMomentObject = builder.objectRef<JobMoment>("JobMoment").implement({
  description: "Change of the state of a job, or several equal ones within an hour.",
  fields: (t) => ({
    at: t.expose("at", {
      type: "DateTime",
      description: "Time of the change; of the first one, if `text` counts several within an hour.",
    }),
    state: t.expose("state", { type: JobMomentState, description: "State that the job entered." }),
    worker: t.field({
      type: JobWorkerObject,
      nullable: true,
      description: "Worker that had the job; null if none had it.",
      resolve: ({ workerId }) => workerId,
    }),
    text: t.exposeString("text", { description: "Explanation in English." }),
  }),
});
