import type { Provider } from "../../src/domain/providers/provider.ts";
import { findProviders } from "../../src/domain/providers/queries.ts";
import { builder } from "../kit/builder.ts";
import { DeliveryErrorObject } from "../deliveries/error.ts";
import { Channel } from "../messages/enums.ts";

/** A service that takes our messages; by its id it is the OPERATOR's to see. */
export const ProviderNode = builder.loadableNodeRef("Provider", {
  id: { resolve: ({ id }: Provider) => id },
  load: async (ids: string[], { services, caller }) =>
    caller.role === "OPERATOR" ? await findProviders(services.db, ids) : [],
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

const CircuitState = builder.enumType("CircuitState", {
  description: "Whether a provider is asked, in all processes together.",
  values: {
    CLOSED: { description: "It is: it works, as far as is known." },
    OPEN: {
      description: "It is not, for a while: it could not be reached, did not let us in or took " +
        "no more. The next provider is asked instead.",
    },
    HALF_OPEN: { description: "One message is trying whether it works again." },
  },
});

ProviderNode.implement({
  description: "A service that takes our messages, of the whole installation.",
  fields: (t) => ({
    name: t.exposeString("name", {
      description: "Its host and port, as deliveries and attempts name it.",
    }),
    channel: t.expose("channel", { type: Channel, description: "What it takes." }),
    enabled: t.exposeBoolean("enabled", {
      description: "false: an operator has switched it off, and it is not asked.",
    }),
    state: t.expose("state", {
      type: CircuitState,
      description: "Whether it is asked, as long as it is `enabled`.",
    }),
    since: t.expose("since", {
      type: "DateTime",
      description: "When it came into that state.",
    }),
    lastError: t.field({
      type: DeliveryErrorObject,
      nullable: true,
      description: "Why it was left out last; null once it works again.",
      resolve: (provider) => provider.errorType === null ? null : provider,
    }),
    perSecondLimit: t.exposeFloat("perSecond", {
      nullable: true,
      description: "How many messages it is given per second at most, by all processes together; " +
        "null: as many as it takes.",
    }),
  }),
});
