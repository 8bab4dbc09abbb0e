import type { Database } from "../../src/db/database.ts";
import type { Services } from "../../src/domain/services.ts";
import { createBus } from "../../src/events/bus.ts";
import { createOrganization, type TestOrganization } from "./callers.ts";
import { onEveryDatabase, onPostgres, type PostgresTestDatabase } from "./database.ts";
import { assertJobsHold, openLedger } from "./ledger.ts";

/** An empty queue in a database of its own. */
export interface TestQueue {
  readonly db: Database;
  readonly services: Services;
  readonly organization: TestOrganization;
}

/** Declares a test of the queue on both databases. The ledger is checked at its end. */
export function onEveryQueue(name: string, test: (queue: TestQueue) => Promise<void>): void {
  onEveryDatabase(name, ({ db }) => withQueue(db, test));
}

/** Declares a test of the queue on PostgreSQL only, because it needs several connections. */
export function onPostgresQueue(
  name: string,
  test: (queue: TestQueue & { readonly url: string }) => Promise<void>,
): void {
  onPostgres(
    name,
    ({ db, url }: PostgresTestDatabase) => withQueue(db, (queue) => test({ ...queue, url })),
  );
}

async function withQueue(db: Database, test: (queue: TestQueue) => Promise<void>): Promise<void> {
  await openLedger(db);
  const services = { db, bus: createBus() };
  await test({ db, services, organization: await createOrganization(db) });
  await services.bus.close();
  await assertJobsHold(db);
}
