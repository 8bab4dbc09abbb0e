import { releaseHold } from "../../src/domain/installation/hold.ts";
import { type Installation, readInstallation } from "../../src/domain/installation/installation.ts";
import { builder } from "../kit/builder.ts";
import { InstallationNode } from "./installation.ts";

const ReleaseHoldPayload = builder.objectRef<Installation>("ReleaseHoldPayload").implement({
  description: "Installation whose hold was released.",
  fields: (t) => ({
    installation: t.field({
      type: InstallationNode,
      description: "Installation; its `hold` is null.",
      resolve: (installation) => installation,
    }),
  }),
});

builder.mutationField("releaseHold", (t) =>
  t.field({
    type: ReleaseHoldPayload,
    nullable: true,
    errors: {},
    description:
      "Releases the hold of the installation: jobs start and schedules fire again in all " +
      "processes. OPERATOR only, else ForbiddenError. Returns ConflictError NOT_HELD if the " +
      "installation is not on hold.",
    resolve: async (_root, _args, { services, caller }) => {
      await releaseHold(services, caller);
      return await readInstallation(services, caller);
    },
  }));
