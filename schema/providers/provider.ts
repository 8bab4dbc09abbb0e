import type { Provider } from "../../src/domain/providers/provider.ts";
import { findProviders } from "../../src/domain/providers/find.ts";
import { readSendRates } from "../../src/domain/providers/send_rate.ts";
import { builder } from "../kit/builder.ts";
import { batchLoader } from "../kit/loader.ts";
import { DeliveryErrorObject, errorOf } from "../deliveries/error.ts";
import { Channel } from "../messages/enums.ts";
import { CircuitState } from "./circuit_state.ts";

/** A provider; `node` shows it to the OPERATOR only. */
export const ProviderNode = builder.loadableNodeRef("Provider", {
  id: { resolve: ({ id }: Provider) => id },
  load: async (ids: string[], { services, caller }) =>
    caller.role === "OPERATOR" ? await findProviders(services.db, ids) : [],
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

/** Finds the provider of an object that the caller may see; its role does not matter. */
export const providerOf = batchLoader(async ({ services }, ids) => {
  const providers = await findProviders(services.db, ids);
  return new Map(providers.map((provider) => [provider.id, provider]));
});

const sendRateOf = batchLoader(({ services }, ids) => readSendRates(services.db, ids));

ProviderNode.implement({
  description:
    "Provider: a service that accepts messages for delivery, or the language model, shared by the " +
    "installation.",
  fields: (t) => ({
    name: t.exposeString("name", {
      description:
        "Host and port of the mail server or of the language model, or the name of the service; " +
        "deliveries and attempts refer to it.",
    }),
    channel: t.expose("channel", {
      type: Channel,
      nullable: true,
      description: "Channel of the provider; null for the language model.",
    }),
    enabled: t.exposeBoolean("enabled", {
      description: "False if an operator disabled it; nothing is sent to it then.",
    }),
    state: t.expose("state", {
      type: CircuitState,
      description: "State of the circuit; takes effect only while `enabled`.",
    }),
    since: t.expose("since", {
      type: "DateTime",
      description: "Time the circuit entered this state.",
    }),
    lastError: t.field({
      type: DeliveryErrorObject,
      nullable: true,
      description: "Error that last opened the circuit; null once it is closed.",
      resolve: errorOf,
    }),
    perSecondLimit: t.exposeFloat("perSecond", {
      nullable: true,
      description: "Maximum messages per second of all processes together; null: no limit.",
    }),
    sentPerSecond: t.float({
      description:
        "Messages per second that the provider accepted in the last minute, of all processes together; " +
        "a message counts within 5 s.",
      resolve: async ({ id }, _args, context) => await sendRateOf(context, id) ?? 0,
    }),
  }),
});
