import { cleanupDeliveries } from "../../src/domain/deliveries/prune.ts";
import type { Job } from "../../src/domain/jobs/job.ts";
import { builder } from "../kit/builder.ts";
import { JobNode } from "../jobs/job.ts";

const CleanupDeliveriesPayload = builder.objectRef<Job>("CleanupDeliveriesPayload").implement({
  description: "Job that deletes old deliveries.",
  fields: (t) => ({
    job: t.field({
      type: JobNode,
      description: "Job; watch it with `jobUpdated`, its progress counts deleted deliveries.",
      resolve: (job) => job,
    }),
  }),
});

builder.mutationField("cleanupDeliveries", (t) =>
  t.field({
    type: CleanupDeliveriesPayload,
    nullable: true,
    errors: {},
    description:
      "Starts a job that deletes the organization's old SENT, SUPPRESSED and CANCELLED deliveries " +
      "of ended messages, with their attempts. Other deliveries and all statistics are kept; later bounces " +
      "and complaints about deleted ones are ignored. ADMIN and OPERATOR only, else " +
      "ForbiddenError. Refuses a number out of range with InvalidInputError.",
    args: {
      daysToKeep: t.arg.int({
        required: true,
        description:
          "Age in days since a delivery was sent, suppressed or cancelled, 0 to 36,500; older ones " +
          "are deleted.",
      }),
    },
    resolve: (_root, { daysToKeep }, { services, caller }) =>
      cleanupDeliveries(services, caller, daysToKeep),
  }));
