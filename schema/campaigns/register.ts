import { registerContact, type Registered } from "../../src/domain/campaigns/register.ts";
import { ContactNode } from "../contacts/contact.ts";
import { DeliveryNode } from "../deliveries/delivery.ts";
import { builder } from "../kit/builder.ts";

const RegisterContactInput = builder.inputType("RegisterContactInput", {
  description: "Person who signs up, with an email address, a Messenger id or both.",
  fields: (t) => ({
    email: t.string({ description: "Email address; campaigns are sent to it." }),
    psid: t.string({ description: "Page-scoped id on Messenger, up to 32 digits." }),
    name: t.string({
      description:
        "Name, at most 200 characters; absent or null: an existing contact keeps its name.",
    }),
    vip: t.boolean({
      required: true,
      defaultValue: false,
      description: "True marks the contact as important; false keeps an existing mark.",
    }),
    variables: t.field({
      type: "JSONObject",
      description:
        "Values for the templates, at most 16 KiB as JSON. An existing contact keeps its other values.",
    }),
    sendWelcome: t.boolean({
      required: true,
      defaultValue: true,
      description: "False: no mails of campaigns with the trigger SIGNUP.",
    }),
  }),
});

const RegisterContactPayload = builder.objectRef<Registered>("RegisterContactPayload").implement({
  description: "Contact that was created or changed.",
  fields: (t) => ({
    contact: t.field({
      type: ContactNode,
      description: "New contact, or the changed one with the same address.",
      resolve: ({ contact }) => contact,
    }),
    created: t.exposeBoolean("created", {
      description: "False if a contact with the address existed.",
    }),
    deliveries: t.field({
      type: [DeliveryNode],
      description:
        "Mails that this call created: those of the sign-up, which are sent at once, and one for " +
        "each campaign with a date. Deliveries of earlier calls are not included.",
      resolve: ({ deliveryIds }) => [...deliveryIds],
    }),
  }),
});

builder.mutationField("registerContact", (t) =>
  t.field({
    type: RegisterContactPayload,
    nullable: true,
    errors: {},
    description:
      "Registers a contact that signs up, or changes the one with the same address. Queues the " +
      "mails of campaigns with the trigger SIGNUP at once, in the lane TRANSACTIONAL, and enrols " +
      "the contact in campaigns with the trigger DATE. Repeated calls send nothing twice. A mail " +
      "to an unsubscribed contact ends SUPPRESSED. ADMIN and OPERATOR only, else ForbiddenError. " +
      "Refuses invalid fields, and a psid of a contact with another email address, with " +
      "InvalidInputError.",
    args: {
      input: t.arg({
        type: RegisterContactInput,
        required: true,
        description: "Person who signs up.",
      }),
    },
    resolve: (_root, { input }, { services, caller }) => registerContact(services, caller, input),
  }));
