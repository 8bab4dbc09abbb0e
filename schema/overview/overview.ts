import { watchSnapshots } from "../../src/domain/live/watch_snapshot.ts";
import { type Overview, overviewFor } from "../../src/domain/overview/overview.ts";
import { builder } from "../kit/builder.ts";
import { DeliveryOverview } from "./deliveries.ts";
import { QueueStats } from "./queue.ts";

/** State of one organization. */
export const OverviewNode = builder.objectRef<Overview>("Overview");

builder.node(OverviewNode, {
  description: "State of one organization: its queue and its deliveries, for the ADMIN.",
  id: { resolve: ({ organizationId }) => organizationId },
  loadWithoutCache: (id, { services, caller }) =>
    id === caller.organizationId && caller.role !== "MEMBER" ? overviewFor(services, caller) : null,
  fields: (t) => ({
    queue: t.field({
      type: QueueStats,
      description: "Jobs by state and by lane.",
      complexity: 5,
      resolve: ({ queue }) => queue(),
    }),
    deliveries: t.field({
      type: DeliveryOverview,
      description: "Deliveries in the last minutes, and those that wait.",
      resolve: (overview) => overview,
    }),
  }),
});

builder.queryField("overview", (t) =>
  t.field({
    type: OverviewNode,
    nullable: true,
    description:
      "State of the organization of the caller. ADMIN and OPERATOR only; a MEMBER gets the error " +
      "FORBIDDEN.",
    resolve: (_root, _args, { services, caller }) => overviewFor(services, caller),
  }));

const watchOverviews = watchSnapshots<Overview>();

builder.subscriptionField("overviewUpdated", (t) =>
  t.field({
    type: OverviewNode,
    description:
      "Emits the overview in its current state, then after each change, at most 4 times a second, and " +
      "every 10 s. ADMIN and OPERATOR only; a MEMBER gets the error FORBIDDEN.",
    subscribe(_root, _args, { services, caller }) {
      // Refuses a MEMBER before the stream starts.
      overviewFor(services, caller);
      const { organizationId } = caller;
      return watchOverviews(services, organizationId, organizationId, {
        topics: ["jobs", "messages", "deliveries", "lanes", "aiUsage", "quotes"],
        take: () => overviewFor(services, caller),
      });
    },
    resolve: (overview) => overview,
  }));
