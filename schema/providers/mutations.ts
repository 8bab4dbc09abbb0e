import { fromTypeId } from "../../src/domain/id.ts";
import { type UpdatedProvider, updateProvider } from "../../src/domain/installation/operations.ts";
import { mayAccess, type Message } from "../../src/domain/messages/message.ts";
import { builder } from "../kit/builder.ts";
import { MessageNode } from "../messages/message.ts";
import { ProviderNode } from "./provider.ts";

const UpdateProviderInput = builder.inputType("UpdateProviderInput", {
  description:
    "What is to hold in place of the settings. An absent field stays as it is; null lets " +
    "the settings hold again.",
  fields: (t) => ({
    accessToken: t.string({ description: "The Page's token; for a provider of MESSENGER." }),
    user: t.string({ description: "For a provider of EMAIL, together with `password`." }),
    password: t.string({ description: "For a provider of EMAIL, together with `user`." }),
    perSecondLimit: t.float({
      description: "Messages per second of all processes together: 100,000 at most, and " +
        "one a day at least.",
    }),
    enabled: t.boolean({ description: "false: it is not asked any more." }),
  }),
});

interface Payload extends Omit<UpdatedProvider, "resumed"> {
  readonly resumedMessages: readonly Message[];
  readonly resumedCount: number;
}

const UpdateProviderPayload = builder.objectRef<Payload>("UpdateProviderPayload").implement({
  description: "The provider that was changed.",
  fields: (t) => ({
    provider: t.field({
      type: ProviderNode,
      description: "As it is now; with new credentials its circuit is CLOSED.",
      resolve: ({ provider }) => provider,
    }),
    resumedMessages: t.field({
      type: [MessageNode],
      description: "Those of your organization that were paused because of it and go on now.",
      resolve: ({ resumedMessages }) => resumedMessages.map(({ id }) => id),
    }),
    resumedCount: t.exposeInt("resumedCount", {
      description: "How many go on, of all organizations.",
    }),
  }),
});

builder.mutationField("updateProvider", (t) =>
  t.field({
    type: UpdateProviderPayload,
    nullable: true,
    errors: {},
    description: "Replaces a provider's credentials or limit, or switches it off and on, in all " +
      "processes and without a restart. Credentials are kept encrypted and never shown. New ones, " +
      "and switching it on, let everything go on that was paused because of it. For the OPERATOR.",
    args: {
      id: t.arg.id({ required: true, description: "prv_…" }),
      input: t.arg({
        type: UpdateProviderInput,
        required: true,
        description: "What is to hold from now on.",
      }),
    },
    resolve: async (_root, { id, input }, { services, caller }) => {
      const providerId = fromTypeId("provider", id);
      const { provider, resumed } = await updateProvider(services, caller, providerId, input);
      const resumedMessages = resumed.filter((message) => mayAccess(caller, message));
      return { provider, resumedMessages, resumedCount: resumed.length };
    },
  }));
