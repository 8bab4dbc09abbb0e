import type { Organization } from "../../src/domain/access/access.ts";
import type { NewApiKey } from "../../src/domain/access/api_keys.ts";
import {
  createAdminKey,
  createOrganization,
  listOrganizations,
} from "../../src/domain/access/organizations.ts";
import { updateOrganization } from "../../src/domain/access/update_organization.ts";
import { deleteOrganization } from "../../src/domain/erasure/delete_organization.ts";
import { fromTypeId, toTypeId } from "../../src/domain/id.ts";
import type { Job } from "../../src/domain/jobs/job.ts";
import { builder } from "../kit/builder.ts";
import { checkSearch } from "../kit/filter.ts";
import { connectionNames } from "../kit/connection.ts";
import { ApiKeyNode } from "./api_key.ts";
import { MailboxInput } from "./mailbox.ts";
import { OrganizationNode } from "./organization.ts";
import { JobNode } from "../jobs/job.ts";

builder.queryField("organizations", (t) =>
  t.connection({
    type: OrganizationNode,
    description:
      "Organizations of the installation, newest first. OPERATOR only; other roles get the error " +
      "FORBIDDEN.",
    args: { search: t.arg.string({ description: "Part of the name, case-insensitive." }) },
    resolve: (_root, { search, ...page }, { services, caller }) =>
      listOrganizations(services, caller, checkSearch(search), page),
  }, ...connectionNames("Organization")));

const CreateOrganizationInput = builder.inputType("CreateOrganizationInput", {
  description: "Fields of a new organization.",
  fields: (t) => ({
    name: t.string({ required: true, description: "Display name, 1 to 200 characters." }),
  }),
});

const CreateOrganizationPayload = builder
  .objectRef<NewApiKey & { organization: Organization }>("CreateOrganizationPayload")
  .implement({
    description: "New organization and its first API key.",
    fields: (t) => ({
      organization: t.field({
        type: OrganizationNode,
        description: "New organization.",
        resolve: ({ organization }) => organization,
      }),
      adminKey: t.field({
        type: ApiKeyNode,
        description: "First API key of the organization, with the role ADMIN.",
        resolve: ({ apiKey }) => apiKey,
      }),
      secret: t.exposeString("secret", {
        description: "Secret of `adminKey`. Returned only here; only its hash is stored.",
      }),
    }),
  });

const UpdateOrganizationInput = builder.inputType("UpdateOrganizationInput", {
  description: "Changes of an organization; an absent field keeps its value.",
  fields: (t) => ({
    name: t.string({ description: "New display name, 1 to 200 characters; null is refused." }),
    from: t.field({
      type: MailboxInput,
      description:
        "New sender of its emails; null: MAIL_FROM of the installation. Only the OPERATOR may choose " +
        "another domain than that of the present sender. The providers must be allowed to send for " +
        "the domain.",
    }),
    replyTo: t.string({
      description: "New address for replies to its emails; null: replies go to the sender.",
    }),
    adminEmail: t.string({
      description: "New address for emails to its administrators; null: none.",
    }),
    timezone: t.string({ description: "New IANA time zone; null: UTC." }),
    minSuggestionConfidence: t.float({
      description:
        "New minimum confidence of the language model, 0 to 1; below it a suggested reply is " +
        "FAILED, without a text. Null: 0.3.",
    }),
  }),
});

const UpdateOrganizationPayload = builder.objectRef<Organization>("UpdateOrganizationPayload")
  .implement({
    description: "Updated organization.",
    fields: (t) => ({
      organization: t.field({
        type: OrganizationNode,
        description: "Organization after the update.",
        resolve: (organization) => organization,
      }),
    }),
  });

const CreateAdminKeyPayload = builder.objectRef<NewApiKey>("CreateAdminKeyPayload").implement({
  description: "New API key of an organization and its secret.",
  fields: (t) => ({
    adminKey: t.field({
      type: ApiKeyNode,
      description: "New key, with the role ADMIN.",
      resolve: ({ apiKey }) => apiKey,
    }),
    secret: t.exposeString("secret", {
      description: "Secret of `adminKey`. Returned only here; only its hash is stored.",
    }),
  }),
});

const DeleteOrganizationPayload = builder
  .objectRef<{ organizationId: string; job: Job }>("DeleteOrganizationPayload")
  .implement({
    description: "Organization that is being deleted.",
    fields: (t) => ({
      organizationId: t.id({
        description: "Id of the organization, which no longer exists for callers.",
        resolve: ({ organizationId }) => toTypeId("organization", organizationId),
      }),
      job: t.field({
        type: JobNode,
        description: "Job of the caller's organization that deletes the rows.",
        resolve: ({ job }) => job,
      }),
    }),
  });

builder.mutationFields((t) => ({
  deleteOrganization: t.field({
    type: DeleteOrganizationPayload,
    nullable: true,
    errors: {},
    description:
      "Deletes an organization with all that belongs to it. Its keys and tokens are refused at once, " +
      "and its messages are cancelled; a job then deletes the rows. This cannot be undone. Refuses a " +
      "name that is not that of the organization with InvalidInputError, and the organization of " +
      "the caller with ConflictError NOT_DELETABLE. OPERATOR only, else ForbiddenError.",
    args: {
      id: t.arg.id({ required: true, description: "Id of the organization: org_…" }),
      name: t.arg.string({
        required: true,
        description: "Name of the organization, to confirm the deletion.",
      }),
    },
    resolve: async (_root, { id, name }, { services, caller }) => {
      const organizationId = fromTypeId("organization", id);
      const job = await deleteOrganization(services, caller, organizationId, name);
      return { organizationId, job };
    },
  }),
  createOrganization: t.field({
    type: CreateOrganizationPayload,
    nullable: true,
    errors: {},
    description:
      "Creates an organization and its first API key. OPERATOR only, else ForbiddenError. " +
      "Refuses an invalid name with InvalidInputError.",
    args: {
      input: t.arg({
        type: CreateOrganizationInput,
        required: true,
        description: "Fields of the new organization.",
      }),
    },
    resolve: (_root, { input }, { services, caller }) =>
      createOrganization(services, caller, input),
  }),
  updateOrganization: t.field({
    type: UpdateOrganizationPayload,
    nullable: true,
    errors: {},
    description:
      "Changes the settings of an organization: an ADMIN those of its own, the OPERATOR those of any. " +
      "Messages that were accepted before keep their sender. Refuses invalid fields with " +
      "InvalidInputError; nothing is changed then.",
    args: {
      id: t.arg.id({ required: true, description: "Id of the organization: org_…" }),
      input: t.arg({
        type: UpdateOrganizationInput,
        required: true,
        description: "Changes to make.",
      }),
    },
    resolve: (_root, { id, input }, { services, caller }) =>
      updateOrganization(services, caller, fromTypeId("organization", id), input),
  }),
  createAdminKey: t.field({
    type: CreateAdminKeyPayload,
    nullable: true,
    errors: {},
    description:
      "Creates another API key of an organization, with the role ADMIN. Its other keys stay usable. " +
      "OPERATOR only, else ForbiddenError.",
    args: {
      organizationId: t.arg.id({ required: true, description: "Id of the organization: org_…" }),
    },
    resolve: (_root, { organizationId }, { services, caller }) =>
      createAdminKey(
        services,
        caller,
        fromTypeId("organization", organizationId, ["organizationId"]),
      ),
  }),
}));
