import { toTypeId } from "../id.ts";

/** Paths of inbound webhooks by kind; the id of the organization may follow. */
export const INBOUND_PATHS = {
  EMAIL: "/webhooks/email",
  MAILGUN: "/webhooks/mailgun",
  SHOPIFY: "/webhooks/shopify/orders",
} as const;

/** Kind of an inbound webhook: the system that sends it, or its format. */
export type InboundKind = keyof typeof INBOUND_PATHS;

/** All kinds, in the order of lists. */
export const INBOUND_KINDS = ["EMAIL", "MAILGUN", "SHOPIFY"] as const satisfies InboundKind[];

/** Inbound webhook of an organization, without its secret. */
export interface InboundRoute {
  readonly kind: InboundKind;
  readonly organizationId: string;
  /** Time at which the current secret was saved; null: none, and the route answers 404. */
  readonly secretCreatedAt: Date | null;
  readonly secretCreatedBy: string | null;
  /** Time until which the replaced secret is accepted; null: only the current one is. */
  readonly previousSecretUntil: Date | null;
}

/** Path of a route: "/webhooks/email/org_…". */
export function pathOf({ kind, organizationId }: InboundRoute): string {
  return `${INBOUND_PATHS[kind]}/${toTypeId("organization", organizationId)}`;
}
