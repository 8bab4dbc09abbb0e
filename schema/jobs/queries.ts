import { z } from "zod";
import { invalid } from "../../src/domain/errors.ts";
import { type JobFilter as JobFilterShape, MAX_SEARCHED } from "../../src/domain/jobs/filter.ts";
import {
  JOB_KIND_NAMES,
  JOB_KINDS,
  type JobKind as KindDeclaration,
  type JobKindName,
} from "../../src/domain/jobs/kinds.ts";
import { listJobs } from "../../src/domain/jobs/list.ts";
import { checkNesting } from "../../src/domain/nesting.ts";
import { builder } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";
import { checkFilter, filterId, filterIds } from "../kit/filter.ts";
import { lookupId } from "../kit/global_id.ts";
import { JobNode } from "./job.ts";
import { JobKind, JobOrder, JobStatus, Lane } from "./enums.ts";

const JobPayloadFilter = builder.inputType("JobPayloadFilter", {
  description: "Value of the payload of a job.",
  fields: (t) => ({
    path: t.string({
      required: true,
      description:
        "Keys from the outside in, separated by dots: `batchId`, `customer.city`; a number is a " +
        "position in a list, from 0: `items.0.id`. 1 to 200 characters.",
    }),
    equals: t.field({
      type: "JSON",
      required: true,
      description: "Value at the path: text, number, boolean, list or object.",
    }),
  }),
});

const SEARCHED = MAX_SEARCHED.toLocaleString("en");

export const JobFilter = builder.inputType("JobFilter", {
  description:
    "Filter of jobs: all fields must match, within a list any value. Absent or null: no limit; " +
    "an empty list is an InvalidInputError. `ids`, `subjectId`, `problemId`, `startedBy`, " +
    "`createdFrom`, `createdTo`, `errorTypes`, `system`, `statuses` without COMPLETED and " +
    `\`active: true\` have an index and search all jobs. The other fields search the newest ${SEARCHED} jobs that match these; set ` +
    "`createdTo` to search older ones.",
  fields: (t) => ({
    ids: t.idList({ description: "Ids of jobs: job_…" }),
    kinds: t.field({ type: [JobKind], description: "Kinds of the job." }),
    statuses: t.field({ type: [JobStatus], description: "States of the job." }),
    lanes: t.field({ type: [Lane], description: "Lanes of the job." }),
    active: t.boolean({ description: "True: unfinished; false: finished." }),
    subjectId: t.id({ description: "Id of the object that the job works on: msg_…" }),
    problemId: t.id({ description: "Problem that its last failure belongs to: prb_…" }),
    startedBy: t.string({ description: "User who started the job." }),
    system: t.boolean({
      description:
        "True: only jobs of the system, such as those of built-in schedules, which the OPERATOR sees; " +
        "false: only others. For the OPERATOR, a search by fields without an index is faster with it.",
    }),
    createdFrom: t.field({ type: "DateTime", description: "Created at this time or later." }),
    createdTo: t.field({ type: "DateTime", description: "Created before this time." }),
    finishedFrom: t.field({ type: "DateTime", description: "Finished at this time or later." }),
    finishedTo: t.field({ type: "DateTime", description: "Finished before this time." }),
    errorTypes: t.stringList({
      description: "Types of `Job.error`: TIMEOUT, CRASHED, or a type of the kind.",
    }),
    payload: t.field({ type: JobPayloadFilter, description: "Value of the payload." }),
    search: t.string({
      description:
        "Part of the payload as JSON, of the error (type, code, message), of the subject's id or of " +
        "the unique key, case-insensitive.",
    }),
  }),
});

/**
 * Converts a filter of jobs to its domain form.
 *
 * @throws {InvalidInputError} for an empty or too long list, for the id of another noun, and for a path or a
 *   value of the payload that no payload can have
 * @throws {NotFoundError} naming the values that are not ids
 */
export function jobFilter(filter: typeof JobFilter.$inferInput | null | undefined): JobFilterShape {
  const { payload, ...checked } = checkFilter(filter);
  return {
    ...checked,
    ids: filterIds("job", "ids", checked.ids),
    payload: payload && payloadFilter(payload),
    problemId: filterId("problem", "problemId", checked.problemId),
  };
}

function payloadFilter(
  { path, equals }: typeof JobPayloadFilter.$inferInput,
): JobFilterShape["payload"] {
  const at = ["filter", "payload"];
  if (path.length === 0) throw invalid([...at, "path"], "REQUIRED", "is empty");
  if (path.length > 200) {
    throw invalid([...at, "path"], "TOO_LONG", "is longer than 200 characters");
  }
  const tooDeep = checkNesting(equals);
  if (tooDeep) throw invalid([...at, "equals"], ...tooDeep);
  for (const [field, text] of Object.entries({ path, equals: JSON.stringify(equals) })) {
    if (isStorable(text)) continue;
    throw invalid(
      [...at, field],
      "MALFORMED",
      "must not contain NUL characters or lone surrogates",
    );
  }
  return { path: path.split("."), equals };
}

// PostgreSQL refuses them; JSON.stringify escapes them.
function isStorable(text: string): boolean {
  const escaped = text.replaceAll("\\\\", "");
  return text.isWellFormed() && !text.includes("\0") && !/\\u(0000|d[89ab])/.test(escaped);
}

interface NamedKind extends KindDeclaration {
  readonly kind: JobKindName;
}

const JobKindInfo = builder.objectRef<NamedKind>("JobKindInfo").implement({
  description: "Description of a job kind, for a form that starts one.",
  fields: (t) => ({
    kind: t.expose("kind", { type: JobKind, description: "Name of the kind." }),
    lane: t.expose("lane", { type: Lane, description: "Lane of its jobs." }),
    description: t.exposeString("description", { description: "Purpose of the kind, for people." }),
    payloadSchema: t.field({
      type: "JSONObject",
      description: "JSON Schema of `payload`.",
      resolve: ({ payload }) => z.toJSONSchema(payload),
    }),
    startable: t.exposeBoolean("startable", { description: "True if `startJob` accepts it." }),
    maxAttempts: t.exposeInt("maxAttempts", { description: "Default of the maximum attempts." }),
    timeoutMs: t.exposeInt("timeoutMs", {
      description: "Time limit of one attempt, in milliseconds.",
    }),
  }),
});

builder.queryFields((t) => ({
  job: t.field({
    type: JobNode,
    nullable: true,
    description: "Job with this id; null if it does not exist or the caller may not see it.",
    args: { id: t.arg.id({ required: true, description: "Id of the job: job_…" }) },
    resolve: (_root, { id }) => lookupId("job", id),
  }),
  jobs: t.connection({
    type: JobNode,
    description:
      "Jobs that the caller may see: its own for a MEMBER, else all of the organization; for the " +
      "OPERATOR those of the system, too.",
    args: {
      filter: t.arg({ type: JobFilter, description: "Filter of the jobs; absent: all." }),
      orderBy: t.arg({
        type: JobOrder,
        defaultValue: "CREATED_DESC",
        description: "Order of the list.",
      }),
    },
    resolve: (_root, { filter, orderBy, ...page }, { services, caller }) =>
      listJobs(services, caller, jobFilter(filter), orderBy ?? "CREATED_DESC", page),
  }, ...connectionNames("Job")),
  jobKinds: t.field({
    type: [JobKindInfo],
    description: "Job kinds of this version; `startable` marks those for `startJob`.",
    resolve: () => JOB_KIND_NAMES.map((kind) => ({ kind, ...JOB_KINDS[kind] })),
  }),
}));
