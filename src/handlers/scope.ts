import { SYSTEM_ORGANIZATION_ID } from "../domain/access/access.ts";

/** What a maintenance job covers: the system's all organizations (null), any other its own. */
export function scopeOf({ organizationId }: { readonly organizationId: string }): string | null {
  return organizationId === SYSTEM_ORGANIZATION_ID ? null : organizationId;
}
