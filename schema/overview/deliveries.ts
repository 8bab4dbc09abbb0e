import { successOf } from "../../src/domain/deliveries/analytics.ts";
import type { Overview } from "../../src/domain/overview/overview.ts";
import type { PendingType } from "../../src/domain/overview/pending.ts";
import { builder } from "../kit/builder.ts";
import { DeliveryPointObject, ErrorTypeShare } from "../deliveries/analytics.ts";

const HOUR = 60;
const LAST = "Number of minutes up to now, 1 to 180; `deliveryAnalytics` has longer periods.";

const PendingTypeObject = builder.objectRef<PendingType>("PendingType").implement({
  description: "Number of waiting deliveries of one message type.",
  fields: (t) => ({
    type: t.exposeString("type", { description: "Message type." }),
    count: t.exposeInt("count", { description: "Number of deliveries." }),
    capped: t.exposeBoolean("capped", {
      description: "True if there are more deliveries than were counted: show the number with a +.",
    }),
  }),
});

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
      type: [PendingTypeObject],
      description:
        "Waiting deliveries by message type, most first: those of unfinished batches, and of " +
        "campaigns that wait for their date. Up to 10,000 " +
        "batches of a type are counted, and 20,000 of all types. A batch counts in full until it is " +
        "finished.",
      complexity: 5,
      resolve: ({ pendingTypes }) => pendingTypes(),
    }),
  }),
});
