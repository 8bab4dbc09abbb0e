import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { addRecipients } from "../../../src/domain/audiences/add_recipients.ts";
import { getAudience } from "../../../src/domain/audiences/find.ts";
import { failStaleImports, finishImport } from "../../../src/domain/audiences/import.ts";
import { importRows, openAudiences } from "../../support/audiences.ts";
import { onEveryDatabase } from "../../support/database.ts";

const AGE = statement<[id: string]>(
  "test.age",
  "update audiences set updated_at = now() - interval '11 minutes' where id = $1",
);

onEveryDatabase(
  "failStaleImports() ends only running imports without recent chunks",
  async ({ db }) => {
    const { services, member, begin } = await openAudiences(db);
    const [stale, alive, done] = [await begin("stale"), await begin("alive"), await begin("done")];
    await addRecipients(services, member, done, importRows(0, 1), 0);
    await finishImport(services, member, done);
    await db.run(AGE, stale);
    await db.run(AGE, done);
    assert.equal(await failStaleImports(services), 1);
    const status = async (id: string) => (await getAudience(services, member, id)).importStatus;
    assert.deepEqual([await status(stale), await status(alive), await status(done)], [
      "FAILED",
      "RUNNING",
      "FINISHED",
    ]);
  },
);
