import { type Batch, findBatches } from "../../src/domain/deliveries/batches.ts";
import { JobNode } from "../jobs/job.ts";
import { builder } from "../kit/builder.ts";
import { BatchStatus } from "./enums.ts";

/** A batch of a message. */
export const BatchNode = builder.loadableNodeRef("Batch", {
  id: { resolve: ({ id }: Batch) => id },
  load: (ids: string[], { services, caller }) => findBatches(services, caller, ids),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

BatchNode.implement({
  description: "Batch: up to 100 deliveries of a message, sent by one job.",
  fields: (t) => ({
    number: t.exposeInt("number", {
      description: "Number of the batch within its message, from 1.",
    }),
    round: t.exposeInt("round", {
      description:
        "Number of the round, from 1; round 1 is the first pass, later ones are retries.",
    }),
    size: t.exposeInt("size", { description: "Number of deliveries in the batch." }),
    status: t.expose("status", { type: BatchStatus, description: "State of the batch." }),
    startedAt: t.expose("startedAt", {
      type: "DateTime",
      nullable: true,
      description: "Time a worker first started it; null if none has.",
    }),
    finishedAt: t.expose("finishedAt", {
      type: "DateTime",
      nullable: true,
      description: "Time its last delivery got an outcome; null until then.",
    }),
    job: t.field({
      type: JobNode,
      nullable: true,
      description: "Job that sends the batch; null after the job was deleted by retention.",
      resolve: ({ jobId }) => jobId,
    }),
  }),
});
