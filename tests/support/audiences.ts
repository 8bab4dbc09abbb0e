import type { Database } from "../../src/db/database.ts";
import type { Caller } from "../../src/domain/access/access.ts";
import type { ImportRow } from "../../src/domain/audiences/audience.ts";
import { beginImport } from "../../src/domain/audiences/import.ts";
import type { Services } from "../../src/domain/services.ts";
import { createBus } from "../../src/events/bus.ts";
import { createOrganization } from "./callers.ts";

/** An organization that imports audiences, and an ADMIN of another one. */
export interface TestAudiences {
  readonly services: Services;
  readonly member: Caller;
  readonly colleague: Caller;
  readonly admin: Caller;
  readonly stranger: Caller;
  /** Begins an import of the member, and returns the id of the audience. */
  begin(name?: string, keepPartial?: boolean): Promise<string>;
}

export async function openAudiences(db: Database): Promise<TestAudiences> {
  const services = { db, bus: createBus() };
  const { member, colleague, admin } = await createOrganization(db);
  const stranger = (await createOrganization(db)).admin;
  const begin = async (name = "July", keepPartial = false) =>
    (await beginImport(services, member, { name, bytesTotal: 1_000, keepPartial })).id;
  return { services, member, colleague, admin, stranger, begin };
}

/** Rows of User<from>@example.com and following. */
export function importRows(from: number, count: number): ImportRow[] {
  return Array.from({ length: count }, (_, i) => ({
    line: from + i,
    recipient: { address: `User${from + i}@example.com`, variables: { code: from + i } },
  }));
}
