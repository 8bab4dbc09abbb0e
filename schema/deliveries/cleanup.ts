import { cleanupDeliveries } from "../../src/domain/deliveries/prune.ts";
import type { Job } from "../../src/domain/jobs/job.ts";
import { builder } from "../kit/builder.ts";
import { JobNode } from "../jobs/job.ts";

const CleanupDeliveriesPayload = builder.objectRef<Job>("CleanupDeliveriesPayload").implement({
  description: "The job that deletes old deliveries.",
  fields: (t) => ({
    job: t.field({
      type: JobNode,
      description: "Watch it with `jobUpdated`; its progress counts what it has deleted.",
      resolve: (job) => job,
    }),
  }),
});

builder.mutationField("cleanupDeliveries", (t) =>
  t.field({
    type: CleanupDeliveriesPayload,
    nullable: true,
    errors: {},
    description: "Deletes the organization's deliveries that were sent or cancelled long enough " +
      "ago, with their attempts. Those that failed stay, and so do the figures of messages. " +
      "Bounces and complaints about deleted ones are ignored. For ADMIN and OPERATOR.",
    args: {
      daysToKeep: t.arg.int({
        required: true,
        description: "Since they were sent or cancelled: 0 to 36,500.",
      }),
    },
    resolve: (_root, { daysToKeep }, { services, caller }) =>
      cleanupDeliveries(services, caller, daysToKeep),
  }));
