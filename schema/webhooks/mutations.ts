import { fromTypeId, fromTypeIds } from "../../src/domain/id.ts";
import type { WebhookCall } from "../../src/domain/webhooks/call.ts";
import { createEndpoint, type EndpointWithSecret } from "../../src/domain/webhooks/create.ts";
import { deleteEndpoint } from "../../src/domain/webhooks/delete.ts";
import type { WebhookEndpoint } from "../../src/domain/webhooks/endpoint.ts";
import { replayCalls, replayFailedCalls, testEndpoint } from "../../src/domain/webhooks/replay.ts";
import { rotateSecret, updateEndpoint } from "../../src/domain/webhooks/update.ts";
import { builder } from "../kit/builder.ts";
import { WebhookCallNode } from "./call.ts";
import { WebhookEndpointNode } from "./endpoint.ts";
import { WebhookEvent } from "./enums.ts";

const URL_RULE =
  "Starts with https:// or http://, without user and password. A host that resolves to a private " +
  "address is refused, unless the server allows it (WEBHOOK_ALLOW_PRIVATE).";

const CreateWebhookEndpointInput = builder.inputType("CreateWebhookEndpointInput", {
  description: "Fields of a new webhook endpoint.",
  fields: (t) => ({
    url: t.field({ type: "URL", required: true, description: `URL of the receiver. ${URL_RULE}` }),
    events: t.field({
      type: [WebhookEvent],
      required: true,
      description: "Events that it gets, at least one.",
    }),
    enabled: t.boolean({
      required: true,
      defaultValue: true,
      description: "False: it gets no events yet.",
    }),
  }),
});

const UpdateWebhookEndpointInput = builder.inputType("UpdateWebhookEndpointInput", {
  description: "Changes of a webhook endpoint. An absent field keeps its value, and so does null.",
  fields: (t) => ({
    url: t.field({ type: "URL", description: `New URL. ${URL_RULE}` }),
    events: t.field({ type: [WebhookEvent], description: "Events that it gets, at least one." }),
    enabled: t.boolean({
      description: "True closes the circuit and makes the waiting calls at once.",
    }),
  }),
});

const CreateWebhookEndpointPayload = secretPayload("CreateWebhookEndpointPayload", "New");
const RotateWebhookSecretPayload = secretPayload("RotateWebhookSecretPayload", "Changed");

function secretPayload(name: string, adjective: string) {
  return builder.objectRef<EndpointWithSecret>(name).implement({
    description: `${adjective} webhook endpoint and its new secret.`,
    fields: (t) => ({
      endpoint: t.field({
        type: WebhookEndpointNode,
        description: `${adjective} endpoint.`,
        resolve: ({ endpoint }) => endpoint,
      }),
      secret: t.exposeString("secret", {
        description: 'Secret to verify the signatures with: "whsec_…". Returned only here.',
      }),
    }),
  });
}

const UpdateWebhookEndpointPayload = builder
  .objectRef<WebhookEndpoint>("UpdateWebhookEndpointPayload")
  .implement({
    description: "Changed webhook endpoint.",
    fields: (t) => ({
      endpoint: t.field({
        type: WebhookEndpointNode,
        description: "Endpoint after the change.",
        resolve: (endpoint) => endpoint,
      }),
    }),
  });

const DeleteWebhookEndpointPayload = builder
  .objectRef<{ endpointId: string }>("DeleteWebhookEndpointPayload")
  .implement({
    description: "Result of a deletion.",
    fields: (t) => ({
      endpointId: t.exposeID("endpointId", { description: "Id of the deleted endpoint." }),
    }),
  });

const TestWebhookEndpointPayload = builder
  .objectRef<WebhookCall>("TestWebhookEndpointPayload")
  .implement({
    description: "Call that tests an endpoint.",
    fields: (t) => ({
      call: t.field({
        type: WebhookCallNode,
        description: "Call, PENDING; `webhookEndpointUpdated` emits after its attempt.",
        resolve: (call) => call,
      }),
    }),
  });

const ReplayWebhookPayload = replayPayload("ReplayWebhookPayload");
const ReplayFailedWebhooksPayload = replayPayload("ReplayFailedWebhooksPayload");

function replayPayload(name: string) {
  return builder.objectRef<readonly WebhookCall[]>(name).implement({
    description: "Calls that are made again.",
    fields: (t) => ({
      calls: t.field({
        type: [WebhookCallNode],
        description: "Calls, PENDING.",
        resolve: (calls) => [...calls],
      }),
    }),
  });
}

const ADMINS = "ADMIN and OPERATOR only, else ForbiddenError.";
const ENDPOINT_ID = "Id of the endpoint: whe_…";

builder.mutationFields((t) => ({
  createWebhookEndpoint: t.field({
    type: CreateWebhookEndpointPayload,
    nullable: true,
    errors: {},
    description:
      `Creates a webhook endpoint, at most 20 per organization. ${ADMINS} Refuses a URL that is malformed ` +
      "or leads to a private address with InvalidInputError.",
    args: {
      input: t.arg({
        type: CreateWebhookEndpointInput,
        required: true,
        description: "Fields of the new endpoint.",
      }),
    },
    resolve: (_root, { input }, { services, caller }) => createEndpoint(services, caller, input),
  }),
  updateWebhookEndpoint: t.field({
    type: UpdateWebhookEndpointPayload,
    nullable: true,
    errors: {},
    description:
      `Changes a webhook endpoint, or enables it again. ${ADMINS} Refuses invalid fields ` +
      "with InvalidInputError.",
    args: {
      id: t.arg.id({ required: true, description: ENDPOINT_ID }),
      input: t.arg({
        type: UpdateWebhookEndpointInput,
        required: true,
        description: "Fields to change.",
      }),
    },
    resolve: (_root, { id, input }, { services, caller }) =>
      updateEndpoint(services, caller, fromTypeId("webhookEndpoint", id), input),
  }),
  rotateWebhookSecret: t.field({
    type: RotateWebhookSecretPayload,
    nullable: true,
    errors: {},
    description:
      `Replaces the secret of a webhook endpoint. For a day its calls are signed with both. ${ADMINS}`,
    args: { id: t.arg.id({ required: true, description: ENDPOINT_ID }) },
    resolve: (_root, { id }, { services, caller }) =>
      rotateSecret(services, caller, fromTypeId("webhookEndpoint", id)),
  }),
  deleteWebhookEndpoint: t.field({
    type: DeleteWebhookEndpointPayload,
    nullable: true,
    errors: {},
    description:
      `Deletes a webhook endpoint with its calls, also those not yet delivered. ${ADMINS}`,
    args: { id: t.arg.id({ required: true, description: ENDPOINT_ID }) },
    resolve: async (_root, { id }, { services, caller }) => {
      await deleteEndpoint(services, caller, fromTypeId("webhookEndpoint", id));
      return { endpointId: id };
    },
  }),
  testWebhookEndpoint: t.field({
    type: TestWebhookEndpointPayload,
    nullable: true,
    errors: {},
    description: "Makes a call of type webhook.test, even if the endpoint gets no other events. " +
      `${ADMINS} Refuses a disabled endpoint with ConflictError.`,
    args: { id: t.arg.id({ required: true, description: ENDPOINT_ID }) },
    resolve: (_root, { id }, { services, caller }) =>
      testEndpoint(services, caller, fromTypeId("webhookEndpoint", id)),
  }),
  replayWebhook: t.field({
    type: ReplayWebhookPayload,
    nullable: true,
    errors: {},
    description:
      "Replays calls in any state, with the same ids and bodies; a PENDING call is made at once. " +
      `${ADMINS} Refuses unknown ids with NotFoundError, and calls of a disabled ` +
      "endpoint with ConflictError; no call is made then.",
    args: {
      callIds: t.arg.idList({ required: true, description: "Ids of calls, 1 to 1,000: whc_…" }),
    },
    resolve: (_root, { callIds }, { services, caller }) =>
      replayCalls(services, caller, fromTypeIds("webhookCall", callIds, ["callIds"])),
  }),
  replayFailedWebhooks: t.field({
    type: ReplayFailedWebhooksPayload,
    nullable: true,
    errors: {},
    description:
      "Replays the FAILED calls of an endpoint, oldest first, up to 1,000; repeat it while it " +
      `returns calls. ${ADMINS} Refuses a disabled endpoint with ConflictError.`,
    args: {
      id: t.arg.id({ required: true, description: ENDPOINT_ID }),
      since: t.arg({
        type: "DateTime",
        description: "Time of creation of the oldest call; absent or null: all.",
      }),
    },
    resolve: (_root, { id, since }, { services, caller }) =>
      replayFailedCalls(services, caller, fromTypeId("webhookEndpoint", id), since ?? null),
  }),
}));
