import type { Hold } from "../../src/domain/installation/hold.ts";
import {
  countPendingDeliveries,
  countPendingMessages,
} from "../../src/domain/installation/pending.ts";
import { builder } from "../kit/builder.ts";

/** Hold of an installation. */
export const HoldObject = builder.objectRef<Hold>("Hold").implement({
  description:
    "Hold of an installation: no job starts, no schedule fires and nothing is sent, until " +
    "`releaseHold`. Messages are accepted, and can be changed, paused and cancelled.",
  fields: (t) => ({
    since: t.expose("since", { type: "DateTime", description: "Start of the hold." }),
    reason: t.exposeString("reason", {
      description: "Reason, for people; after a restore with the time of the restored state.",
    }),
    pendingMessageCount: t.int({
      description:
        "Number of messages of all organizations that continue after the release: SCHEDULED, " +
        "PLANNING and SENDING ones. PAUSED ones wait for `resumeMessage` or their provider.",
      complexity: 20,
      resolve: (_hold, _args, { services }) => countPendingMessages(services.db),
    }),
    pendingDeliveryCount: t.int({
      description:
        "Number of PENDING deliveries of these messages. Deliveries that were being sent at the " +
        "time of the backup are not counted: they become UNKNOWN after the release.",
      complexity: 20,
      resolve: (_hold, _args, { services }) => countPendingDeliveries(services.db),
    }),
  }),
});
