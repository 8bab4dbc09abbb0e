import { type Connection, statement } from "../../src/db/database.ts";

const LEVELS = 100_000;
const NEST = statement<[text: string]>("test.nest", "select $1::json");

/** Aborts the program of the embedded database by a stack overflow. */
export async function abortEmbedded(db: Connection): Promise<void> {
  await db.run(NEST, "[".repeat(LEVELS) + "]".repeat(LEVELS));
}
