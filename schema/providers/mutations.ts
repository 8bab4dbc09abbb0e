import { fromTypeId } from "../../src/domain/id.ts";
import {
  type UpdatedProvider,
  updateProvider,
} from "../../src/domain/installation/update_provider.ts";
import { mayAccess, type Message } from "../../src/domain/messages/message.ts";
import { builder } from "../kit/builder.ts";
import { MessageNode } from "../messages/message.ts";
import { ProviderNode } from "./provider.ts";

const UpdateProviderInput = builder.inputType("UpdateProviderInput", {
  description:
    "Overrides of the configured settings of a provider. An absent field keeps its value; null " +
    "restores the configured one.",
  fields: (t) => ({
    accessToken: t.string({
      description:
        "Access token of the Page, or API key of the language model, 1 to 4,000 characters; not " +
        "for EMAIL.",
    }),
    user: t.string({
      description: "User name, 1 to 4,000 characters; EMAIL only, together with `password`.",
    }),
    password: t.string({
      description: "Password, 1 to 4,000 characters; EMAIL only, together with `user`.",
    }),
    perSecondLimit: t.float({
      description:
        "Maximum messages per second of all processes together, from one a day (0.0000116) to " +
        "100,000; not for the language model.",
    }),
    enabled: t.boolean({
      description: "False: nothing is sent to this provider; null counts as true.",
    }),
  }),
});

interface Payload extends Omit<UpdatedProvider, "resumed"> {
  readonly resumedMessages: readonly Message[];
  readonly resumedCount: number;
}

const UpdateProviderPayload = builder.objectRef<Payload>("UpdateProviderPayload").implement({
  description: "Updated provider and the messages that it resumed.",
  fields: (t) => ({
    provider: t.field({
      type: ProviderNode,
      description: "Provider after the update; new credentials close its circuit.",
      resolve: ({ provider }) => provider,
    }),
    resumedMessages: t.field({
      type: [MessageNode],
      description:
        "Messages of the caller's organization that were paused because of this provider and are " +
        "resumed.",
      resolve: ({ resumedMessages }) => resumedMessages.map(({ id }) => id),
    }),
    resumedCount: t.exposeInt("resumedCount", {
      description: "Number of resumed messages in all organizations.",
    }),
  }),
});

builder.mutationField("updateProvider", (t) =>
  t.field({
    type: UpdateProviderPayload,
    nullable: true,
    errors: {},
    description:
      "Changes the credentials or the rate limit of a provider, or disables or enables it, in " +
      "all processes without a restart. Credentials are stored encrypted and never returned. New " +
      "credentials, and enabling, resume all messages that were paused because of the provider; " +
      "jobs that wait for it, or for its rate limit, continue at once. " +
      "OPERATOR only, else ForbiddenError. Refuses fields of another channel and an update " +
      "without fields with InvalidInputError, and new credentials with ConflictError " +
      "NOT_CONFIGURED if the server has no key to encrypt them.",
    args: {
      id: t.arg.id({ required: true, description: "Id of the provider: prv_…" }),
      input: t.arg({
        type: UpdateProviderInput,
        required: true,
        description: "Settings to change.",
      }),
    },
    resolve: async (_root, { id, input }, { services, caller }) => {
      const providerId = fromTypeId("provider", id);
      const { provider, resumed } = await updateProvider(services, caller, providerId, input);
      const resumedMessages = resumed.filter((message) => mayAccess(caller, message));
      return { provider, resumedMessages, resumedCount: resumed.length };
    },
  }));
