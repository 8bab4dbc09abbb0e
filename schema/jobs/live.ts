import { watchLists } from "../../src/domain/live/watch_list.ts";
import { watchObjects } from "../../src/domain/live/watch_object.ts";
import { isFinished, type Job, mayAccess } from "../../src/domain/jobs/job.ts";
import { listJobs } from "../../src/domain/jobs/list.ts";
import { findJobs } from "../../src/domain/jobs/find.ts";
import { readBatchWaits } from "../../src/domain/deliveries/batch_waits.ts";
import { builder } from "../kit/builder.ts";
import { JobNode, type JobState } from "./job.ts";
import { JobFilter, jobFilter } from "./queries.ts";
import { listChangeType } from "../kit/list_change.ts";
import { followNode } from "../kit/node_updated.ts";

// Waits change with other rows than the job's, so events must compare them too.
const watchJob = watchObjects<JobState>({
  noun: "job",
  topic: "jobs",
  load: async ({ db }, ids) => {
    const jobs = await findJobs(db, ids);
    const waits = await readBatchWaits(db, ids);
    return jobs.map((job) => ({ ...job, waitingFor: waits.get(job.id) ?? null }));
  },
  idOf: ({ id }) => id,
  visible: mayAccess,
  finished: ({ status }) => isFinished(status),
});

followNode(JobNode, watchJob);

const watchJobs = watchLists({
  topic: "jobs",
  idOf: ({ id }: Job) => id,
  list: (services, caller, filter: ReturnType<typeof jobFilter>, page) =>
    listJobs(services, caller, filter, "CREATED_DESC", page),
});

const JobChanges = listChangeType("job", JobNode, "JobChanges");

builder.subscriptionFields((t) => ({
  jobUpdated: t.field({
    type: JobNode,
    description:
      "Emits the job in its current state, then after each change. Completes when the job has " +
      "finished.",
    args: {
      id: t.arg.id({ required: true, description: "Id of the job: job_…" }),
      untilFinished: t.arg.boolean({
        defaultValue: true,
        description:
          "False: stay open after the job has finished, because it may be retried. Default true.",
      }),
    },
    subscribe: (_root, { id, untilFinished }, { services, caller }) =>
      watchJob(services, caller, id, untilFinished ?? true),
    resolve: (job) => job,
  }),
  jobsUpdated: t.field({
    type: JobChanges,
    description:
      "Emits the first page of the matching jobs, newest first, then the changes of the list.",
    args: { filter: t.arg({ type: JobFilter, description: "Filter of the jobs; absent: all." }) },
    subscribe: (_root, { filter }, { services, caller }) =>
      watchJobs(services, caller, jobFilter(filter)),
    resolve: (change) => change,
  }),
}));
