import type { WaitingFor } from "../../src/domain/waiting.ts";
import { builder } from "../kit/builder.ts";
import { ProviderNode, providerOf } from "../providers/provider.ts";

const WaitingReason = builder.enumType("WaitingReason", {
  description: "Reason why a message, a delivery or a job waits.",
  values: {
    LANE_FULL: { description: "All worker slots of the lane are in use." },
    LANE_PAUSED: {
      description:
        "The operator has paused the lane, see `updateLane`; or no running worker serves it, see " +
        "`WORKER_LANES`.",
    },
    PAUSED: {
      description:
        "The message is paused: by a person, until `resumeMessage`; or by an error of a provider, " +
        "until its settings are changed or `resumeMessage`.",
    },
    PROVIDER_OPEN: {
      description:
        "The circuit of the provider is open, because the provider fails. The wait ends as soon as " +
        "the provider works again.",
    },
    NO_PROVIDER: {
      description: "No provider of the channel is enabled, or the channel is not configured.",
    },
    RATE_LIMIT: { description: "The rate limit of a provider is used up, or it throttles." },
    BACKOFF: {
      description:
        "The last attempt failed or its recipient was throttled, and the next one is not due yet.",
    },
    NOT_DUE: { description: "The chosen start, such as `sendAt` or `runAt`, is in the future." },
    BUDGET: {
      description: "The budget of the day for the language model is used up, or reserved by " +
        "running calls; until midnight in its time zone, or `updateBudget`.",
    },
    HELD: {
      description:
        "The installation is on hold, because its database was restored from a backup or an " +
        "operator asked for it; until `releaseHold`.",
    },
    BEHIND: { description: "Others are processed before it; see `position`." },
  },
});

/** Explanation why an object waits. */
export const WaitingForObject = builder.objectRef<WaitingFor>("WaitingFor").implement({
  description: "Explanation why a message, a delivery or a job waits.",
  fields: (t) => ({
    reason: t.expose("reason", { type: WaitingReason, description: "Reason for programs." }),
    text: t.exposeString("text", { description: "Explanation for people: one sentence." }),
    until: t.expose("until", {
      type: "DateTime",
      nullable: true,
      description:
        "Time at which the wait ends; null if it ends when a person acts, or is unknown.",
    }),
    position: t.exposeInt("position", {
      nullable: true,
      description:
        "Number of jobs, deliveries or recipients before it, 0 for the next one; null above " +
        "10,000, and for other reasons than BEHIND.",
    }),
    provider: t.field({
      type: ProviderNode,
      nullable: true,
      description:
        "Provider that it waits for, or whose reply made it wait; null if there is none, or " +
        "several.",
      resolve: ({ providerId }, _args, context) => providerId && providerOf(context, providerId),
    }),
  }),
});

/** Cost of a field of this type: it is read by up to four statements for a whole page. */
export const WAITING_COMPLEXITY = 5;
