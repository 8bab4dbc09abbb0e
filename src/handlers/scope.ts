import { SYSTEM_ORGANIZATION_ID } from "../domain/access/access.ts";

/**
 * Organization that a maintenance job covers: its own; null: all of them, for a job of the system
 * organization.
 */
export function scopeOf({ organizationId }: { readonly organizationId: string }): string | null {
  return organizationId === SYSTEM_ORGANIZATION_ID ? null : organizationId;
}
