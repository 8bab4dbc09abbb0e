import type { WebhookEndpoint } from "../../src/domain/webhooks/endpoint.ts";
import {
  findEndpoints,
  findLiveEndpoints,
  listCalls,
  listEndpoints,
  type LiveEndpoint,
  mayAccess,
} from "../../src/domain/webhooks/find.ts";
import { watchObjects } from "../../src/domain/live/watch_object.ts";
import { JobErrorObject } from "../jobs/error.ts";
import { builder } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";
import { lookupId } from "../kit/global_id.ts";
import { CircuitState } from "../providers/circuit_state.ts";
import { WebhookCallNode, webhookErrorOf } from "./call.ts";
import { WebhookCallStatus, WebhookEvent } from "./enums.ts";

/** A webhook endpoint, without its secret. */
export const WebhookEndpointNode = builder.loadableNodeRef("WebhookEndpoint", {
  id: { resolve: ({ id }: WebhookEndpoint) => id },
  load: async (ids: string[], { services, caller }) => {
    const endpoints = await findEndpoints(services.db, ids);
    return endpoints.filter((endpoint) => mayAccess(caller, endpoint));
  },
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

WebhookEndpointNode.implement({
  description:
    "URL that gets events of the organization as POST requests, signed by Standard Webhooks. Events of one " +
    "object arrive in order, each at least once.",
  fields: (t) => ({
    url: t.field({
      type: "URL",
      description: "URL of the receiver.",
      resolve: ({ url }) => url,
    }),
    events: t.field({
      type: [WebhookEvent],
      description: "Events that it gets.",
      resolve: ({ events }) => [...events],
    }),
    enabled: t.exposeBoolean("enabled", {
      description: "False: it gets no events, and those that occur meanwhile are not stored.",
    }),
    disabledReason: t.exposeString("disabledReason", {
      nullable: true,
      description:
        "Reason why it was disabled automatically: it answered with 410, or failed for 3 days; null " +
        "otherwise.",
    }),
    state: t.expose("state", {
      type: CircuitState,
      description:
        "State of the circuit. OPEN after 5 failures in a row, for 5 s, doubled up to 5 min, or as long " +
        "as Retry-After requires.",
    }),
    retryAt: t.expose("retryAt", {
      type: "DateTime",
      nullable: true,
      description: "Time of the next probe; null while the circuit is CLOSED.",
    }),
    failingSince: t.expose("failingSince", {
      type: "DateTime",
      nullable: true,
      description: "Time of the first failure since the last success; null: no failure since then.",
    }),
    lastError: t.field({
      type: JobErrorObject,
      nullable: true,
      description: "Error of the last failed attempt; null once an attempt has succeeded.",
      resolve: webhookErrorOf,
    }),
    previousSecretUntil: t.expose("previousSecretUntil", {
      type: "DateTime",
      nullable: true,
      description:
        "End of the day after a rotation, in which calls are signed with the old secret, too; null: never " +
        "rotated.",
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "Time of creation." }),
    calls: t.connection({
      type: WebhookCallNode,
      description:
        "Calls, newest first. An event that is still being batched with others has no call yet.",
      args: {
        statuses: t.arg({
          type: [WebhookCallStatus],
          description: "States of the call; absent or null: all.",
        }),
      },
      resolve: (endpoint, { statuses, ...page }, { services }) =>
        listCalls(services, endpoint, statuses ?? null, page),
    }, ...connectionNames("WebhookCall")),
  }),
});

builder.queryFields((t) => ({
  webhookEndpoint: t.field({
    type: WebhookEndpointNode,
    nullable: true,
    description: "Endpoint with this id; null if it does not exist or the caller may not see it.",
    args: { id: t.arg.id({ required: true, description: "Id of the endpoint: whe_…" }) },
    resolve: (_root, { id }) => lookupId("webhookEndpoint", id),
  }),
  webhookEndpoints: t.connection({
    type: WebhookEndpointNode,
    nullable: true,
    description:
      "Webhook endpoints of the organization, newest first. ADMIN and OPERATOR only; a MEMBER gets the " +
      "error FORBIDDEN.",
    resolve: (_root, page, { services, caller }) => listEndpoints(services, caller, page),
  }, ...connectionNames("WebhookEndpoint")),
}));

const watchEndpoint = watchObjects<LiveEndpoint>({
  noun: "webhookEndpoint",
  topic: "webhooks",
  load: ({ db }, ids) => findLiveEndpoints(db, ids),
  idOf: ({ id }) => id,
  visible: mayAccess,
  finished: () => false,
});

builder.subscriptionField("webhookEndpointUpdated", (t) =>
  t.field({
    type: WebhookEndpointNode,
    description:
      "Emits the endpoint in its current state, then after each change, with its newest calls. Completes " +
      "when it is deleted.",
    args: { id: t.arg.id({ required: true, description: "Id of the endpoint: whe_…" }) },
    subscribe: (_root, { id }, { services, caller }) => watchEndpoint(services, caller, id, false),
    resolve: (endpoint) => endpoint,
  }));
