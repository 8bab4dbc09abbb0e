import { createHash } from "node:crypto";
import type { Caller } from "../../src/domain/access/access.ts";
import { Role } from "./api_key.ts";
import { builder } from "../kit/builder.ts";
import { OrganizationNode } from "./organization.ts";

/** The caller; other folders add fields. */
export const ViewerNode = builder.objectRef<Caller>("Viewer");

builder.node(ViewerNode, {
  description: "Caller identified by the API key or token of the request.",
  id: { resolve: viewerId },
  // Callers can look up only themselves.
  loadWithoutCache: (id, { caller }) => id === viewerId(caller) ? caller : null,
  fields: (t) => ({
    role: t.expose("role", { type: Role, description: "Access level of the caller." }),
    userId: t.exposeString("userId", {
      nullable: true,
      description: "User that the key or token names; null if none.",
    }),
    organization: t.field({
      type: OrganizationNode,
      description: "Organization of the caller.",
      resolve: ({ organizationId }) => organizationId,
    }),
  }),
});

builder.queryField("viewer", (t) =>
  t.field({
    type: ViewerNode,
    description: "Caller identified by the API key or token of the request.",
    resolve: (_root, _args, { caller }) => caller,
  }));

// A viewer has no row, so its id is derived: stable for one user, or one key, of an organization.
function viewerId({ organizationId, userId, keyId }: Caller): string {
  const hash = createHash("sha256").update(`${organizationId} ${userId ?? keyId ?? ""}`).digest();
  const hex = hash.toString("hex");
  // UUIDv8 (RFC 9562 §5.8), the version for ids made by a custom rule.
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
