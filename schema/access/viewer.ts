import { createHash } from "node:crypto";
import type { Caller } from "../../src/domain/access/access.ts";
import { Role } from "./api_key.ts";
import { builder } from "../kit/builder.ts";
import { OrganizationNode } from "./organization.ts";

const ViewerNode = builder.objectRef<Caller>("Viewer");

builder.node(ViewerNode, {
  description: "You: whoever the key or token that was shown stands for.",
  id: { resolve: viewerId },
  // There is no other viewer to be looked up than oneself.
  loadWithoutCache: (id, { caller }) => id === viewerId(caller) ? caller : null,
  fields: (t) => ({
    role: t.expose("role", { type: Role, description: "What you may see and do." }),
    userId: t.exposeString("userId", {
      nullable: true,
      description: "The user that your key or token stands for; null: none in particular.",
    }),
    organization: t.field({
      type: OrganizationNode,
      description: "The organization that you work in.",
      resolve: ({ organizationId }) => organizationId,
    }),
    unreadNotificationCount: t.int({
      description: "How many notifications you have not read. 0 for now: this version makes none.",
      resolve: () => 0,
    }),
  }),
});

builder.queryField("viewer", (t) =>
  t.field({
    type: ViewerNode,
    description: "You: whoever the key or token that was shown stands for.",
    resolve: (_root, _args, { caller }) => caller,
  }));

// A viewer has no row; its id is one and the same for one user of one organization.
function viewerId({ organizationId, userId, keyId }: Caller): string {
  const hash = createHash("sha256").update(`${organizationId} ${userId ?? keyId ?? ""}`).digest();
  const hex = hash.toString("hex");
  // UUIDv8 (RFC 9562 §5.8): made by a rule of one's own.
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
