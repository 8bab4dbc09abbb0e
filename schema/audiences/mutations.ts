import type { Audience } from "../../src/domain/audiences/audience.ts";
import { deleteAudience } from "../../src/domain/audiences/delete.ts";
import { renameAudience } from "../../src/domain/audiences/rename.ts";
import { fromTypeId } from "../../src/domain/id.ts";
import { builder } from "../kit/builder.ts";
import { AudienceNode } from "./audience.ts";

const RenameAudiencePayload = builder.objectRef<Audience>("RenameAudiencePayload").implement({
  description: "Renamed audience.",
  fields: (t) => ({
    audience: t.field({
      type: AudienceNode,
      description: "Audience with its new name.",
      resolve: (audience) => audience,
    }),
  }),
});

const DeleteAudiencePayload = builder
  .objectRef<{ audienceId: string }>("DeleteAudiencePayload")
  .implement({
    description: "Result of a deletion.",
    fields: (t) => ({
      audienceId: t.exposeID("audienceId", { description: "Id of the deleted audience." }),
    }),
  });

builder.mutationFields((t) => ({
  renameAudience: t.field({
    type: RenameAudiencePayload,
    nullable: true,
    errors: {},
    description:
      "Changes the name of an audience. Refuses an unknown id with NotFoundError, and a name that " +
      "is empty, too long or not a single line with InvalidInputError.",
    args: {
      id: t.arg.id({ required: true, description: "Id of the audience: aud_…" }),
      name: t.arg.string({ required: true, description: "New name, 1 to 200 characters." }),
    },
    resolve: (_root, { id, name }, { services, caller }) =>
      renameAudience(services, caller, fromTypeId("audience", id), name),
  }),
  deleteAudience: t.field({
    type: DeleteAudiencePayload,
    nullable: true,
    errors: {},
    description:
      "Deletes an audience; a REMOVE_RECIPIENTS job removes its recipients afterwards. Messages " +
      "that were planned from it keep their deliveries. Refuses an unknown id with NotFoundError, " +
      "and an audience that is being imported, or from which an unfinished message still takes " +
      "recipients, with ConflictError.",
    args: { id: t.arg.id({ required: true, description: "Id of the audience: aud_…" }) },
    resolve: async (_root, { id }, { services, caller }) => {
      await deleteAudience(services, caller, fromTypeId("audience", id));
      return { audienceId: id };
    },
  }),
}));
