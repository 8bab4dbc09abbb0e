import assert from "node:assert/strict";
import { toRow } from "../../../src/domain/emails/store.ts";
import { newId } from "../../../src/domain/id.ts";
import { newEmail, parsedMail } from "../../support/emails.ts";

Deno.test("toRow() shortens a subject to 998 characters, because lists and prompts contain it whole", () => {
  const subject = `${"a".repeat(997)}\u{1F600} and 100 kB more${".".repeat(100_000)}`;
  const row = toRow(newId(), newEmail(parsedMail({ subject })));
  // Half of a surrogate pair is replaced, because PostgreSQL cannot store it.
  assert.equal(row.subject, `${"a".repeat(997)}\uFFFD`);
});
