import assert from "node:assert/strict";
import { getHeapSpaceStatistics } from "node:v8";
import { statement } from "../../src/db/database.ts";
import { onPostgres } from "../support/database.ts";

const LENGTH_OF = statement<[text: string], { length: number }>(
  "test.lengthOf",
  "select length($1::text) as length",
);
const STATEMENTS = 1_000;
const TEXT_LENGTH = 50_000;

/** Size of the objects that only a major garbage collection frees, in bytes. */
function oldSpaceSize(): number {
  return getHeapSpaceStatistics().find(({ space_name }) => space_name === "old_space")
    ?.space_used_size ?? 0;
}

onPostgres(
  "The parameters of statements that have ended do not remain in memory",
  async ({ db }) => {
    const before = oldSpaceSize();
    for (let n = 0; n < STATEMENTS; n++) {
      // JSON.stringify() creates a new text for each statement; the text of repeat() may not occupy memory yet.
      await db.run(LENGTH_OF, JSON.stringify("x".repeat(TEXT_LENGTH)));
    }
    const growth = oldSpaceSize() - before;
    assert.ok(growth < STATEMENTS * TEXT_LENGTH / 4, `grows by ${growth} bytes`);
  },
);
