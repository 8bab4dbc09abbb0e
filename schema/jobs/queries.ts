import { z } from "zod";
import { type JobFilter as JobFilterShape, listJobs } from "../../src/domain/jobs/list.ts";
import { JOB_KINDS, type JobKind as JobKindShape } from "../../src/domain/jobs/kinds.ts";
import { builder } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";
import { checkFilter, filterIds } from "../kit/filter.ts";
import { lookupId } from "../kit/global_id.ts";
import { JobNode } from "./job.ts";
import { JobKind, JobOrder, JobStatus, Lane } from "./enums.ts";

export const JobFilter = builder.inputType("JobFilter", {
  description:
    "Which jobs: fields are ANDed, values inside a field ORed. Absent or null: no limit.",
  fields: (t) => ({
    ids: t.idList({ description: "These." }),
    kinds: t.field({ type: [JobKind], description: "Of one of these kinds." }),
    statuses: t.field({ type: [JobStatus], description: "In one of these states." }),
    lanes: t.field({ type: [Lane], description: "In one of these lanes." }),
    active: t.boolean({ description: "true: unfinished ones; false: finished ones." }),
    subjectId: t.id({ description: "Those that work on this: a message, for one." }),
    startedBy: t.string({ description: "Those that this user started." }),
    createdFrom: t.field({ type: "DateTime", description: "Made then or later." }),
    createdTo: t.field({ type: "DateTime", description: "Made before that." }),
  }),
});

/** As the domain takes it. @throws {InvalidInputError} for empty lists and ids of other nouns */
export function jobFilter(filter: typeof JobFilter.$inferInput | null | undefined): JobFilterShape {
  const checked = checkFilter(filter);
  return { ...checked, ids: filterIds("job", "ids", checked.ids) };
}

const JobKindInfo = builder.objectRef<JobKindShape>("JobKindInfo").implement({
  description: "A kind of job, with what a form to start one needs.",
  fields: (t) => ({
    kind: t.expose("kind", { type: JobKind, description: "Its name." }),
    lane: t.expose("lane", { type: Lane, description: "Whose worker slots its jobs use." }),
    description: t.exposeString("description", { description: "What it does, for people." }),
    payloadSchema: t.field({
      type: "JSONObject",
      description: "What `payload` must look like (JSON Schema).",
      resolve: ({ payload }) => z.toJSONSchema(payload),
    }),
    startable: t.exposeBoolean("startable", { description: "Whether `startJob` takes it." }),
    maxAttempts: t.exposeInt("maxAttempts", { description: "Attempts at most, unless told." }),
    timeoutMs: t.exposeInt("timeoutMs", {
      description: "How long one attempt may take, in milliseconds.",
    }),
  }),
});

builder.queryFields((t) => ({
  job: t.field({
    type: JobNode,
    nullable: true,
    description: "One job; null when there is none, or it is not yours to see.",
    args: { id: t.arg.id({ required: true, description: "job_…" }) },
    resolve: (_root, { id }) => lookupId("job", id),
  }),
  jobs: t.connection({
    type: JobNode,
    description: "The jobs that you may see: your own, or all of the organization.",
    args: {
      filter: t.arg({ type: JobFilter, description: "Which ones; absent: all." }),
      orderBy: t.arg({
        type: JobOrder,
        defaultValue: "CREATED_DESC",
        description: "In which order.",
      }),
    },
    resolve: (_root, { filter, orderBy, ...page }, { services, caller }) =>
      listJobs(services, caller, jobFilter(filter), orderBy ?? "CREATED_DESC", page),
  }, ...connectionNames("Job")),
  jobKinds: t.field({
    type: [JobKindInfo],
    description: "What jobs there are, and which can be started by hand.",
    resolve: () => [...JOB_KINDS.values()],
  }),
}));
