import { successOf } from "../../src/domain/deliveries/analytics.ts";
import type { Overview } from "../../src/domain/overview/overview.ts";
import { builder } from "../kit/builder.ts";
import { DeliveryPointObject, ErrorTypeShare } from "../deliveries/analytics.ts";
import { TypeCount } from "../jobs/type_count.ts";

const HOUR = 60;
const LAST = "Number of minutes up to now, 1 to 1,440.";

/** Deliveries of one organization in the last minutes, and those that wait. */
export const DeliveryOverview = builder.objectRef<Overview>("DeliveryOverview").implement({
  description: "Deliveries of one organization in the last minutes, and those that wait.",
  fields: (t) => ({
    perMinute: t.field({
      type: [DeliveryPointObject],
      description:
        "Results by minute, oldest first, minutes without any included; the last minute is not over.",
      complexity: 5,
      args: { last: t.arg.int({ defaultValue: HOUR, description: LAST }) },
      resolve: async ({ deliveries }, { last }) => [...(await deliveries(last ?? HOUR)).points],
    }),
    successFraction: t.float({
      nullable: true,
      description:
        "Share of first attempts that were sent, 0 to 1, as in `deliveryAnalytics`; null if there were " +
        "none.",
      complexity: 5,
      args: { last: t.arg.int({ defaultValue: HOUR, description: LAST }) },
      resolve: async ({ deliveries }, { last }) =>
        successOf((await deliveries(last ?? HOUR)).firstAttempts),
    }),
    errorTypes: t.field({
      type: [ErrorTypeShare],
      description: "Failed and UNKNOWN attempts by error type, most frequent first.",
      complexity: 5,
      args: { last: t.arg.int({ defaultValue: HOUR, description: LAST }) },
      resolve: async ({ deliveries }, { last }) => [...(await deliveries(last ?? HOUR)).errorTypes],
    }),
    pendingByType: t.field({
      type: [TypeCount],
      description:
        "Waiting deliveries by message type, most first: those of unfinished batches, of up to 10,000 " +
        "queued batches of a type, and 10,000 that are due later. A batch counts in full until it is " +
        "finished.",
      complexity: 5,
      resolve: ({ pendingTypes }) => pendingTypes(),
    }),
  }),
});
