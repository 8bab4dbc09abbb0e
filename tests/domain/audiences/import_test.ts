import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { addRecipients } from "../../../src/domain/audiences/add_recipients.ts";
import { beginAppend } from "../../../src/domain/audiences/append.ts";
import { audiencesById, getAudience } from "../../../src/domain/audiences/find.ts";
import {
  failImport,
  failStaleImports,
  finishImport,
} from "../../../src/domain/audiences/import.ts";
import { InvalidInputError } from "../../../src/domain/errors.ts";
import { sendMessage } from "../../../src/domain/messages/send.ts";
import { importRows, openAudiences } from "../../support/audiences.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { messageInput } from "../../support/messages.ts";

const AGE = statement<[id: string]>(
  "test.age",
  "update audiences set updated_at = now() - interval '11 minutes' where id = $1",
);

onEveryDatabase(
  "failStaleImports() ends only running imports without recent chunks",
  async ({ db }) => {
    const { services, member, begin } = await openAudiences(db);
    const [stale, alive, done] = [
      await begin("stale", true),
      await begin("alive"),
      await begin("done"),
    ];
    await addRecipients(services, member, stale, importRows(0, 1), 0);
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

onEveryDatabase("failImport() deletes a new audience unless keepPartial is set", async ({ db }) => {
  const { services, member, begin } = await openAudiences(db);
  const [discarded, kept, empty] = [
    await begin(),
    await begin("kept", true),
    await begin("empty", true),
  ];
  for (const id of [discarded, kept]) {
    await addRecipients(services, member, id, importRows(0, 2), 0);
  }
  for (const id of [discarded, kept, empty]) {
    assert.equal(await failImport(services, member, id), true);
    assert.equal(await failImport(services, member, id), false);
  }
  const left = await audiencesById(services, member, [discarded, kept, empty]);
  assert.deepEqual(
    left.map(({ id, importStatus, partial, recipientCount }) => [
      id,
      importStatus,
      partial,
      recipientCount,
    ]),
    [[kept, "FAILED", true, 2]],
  );
});

onEveryDatabase("failImport() sets an audience back to the state before it", async ({ db }) => {
  const { services, member, begin } = await openAudiences(db);
  const id = await begin();
  await addRecipients(services, member, id, importRows(0, 2), 0);
  const before = await finishImport(services, member, id);
  await beginAppend(services, member, id, { bytesTotal: null });
  const other = { address: "new@example.com", variables: { city: "Rome" } };
  await addRecipients(services, member, id, [
    { line: 2, recipient: other },
    { line: 3, reason: "has no address" },
  ], 0);
  await failImport(services, member, id);
  const after = await getAudience(services, member, id);
  assert.deepEqual(
    [after.importStatus, after.partial, after.recipientCount, after.variableNames, after.taken],
    ["FAILED", false, 2, before.variableNames, 0],
  );
  const { message } = await sendMessage(
    services,
    member,
    messageInput({ content: { subject: "x", text: "x" }, to: { audienceId: id } }),
  );
  assert.equal(message.recipientCount, 2);
});

onEveryDatabase("finishImport() makes a partial audience complete", async ({ db }) => {
  const { services, member, begin } = await openAudiences(db);
  const id = await begin("July", true);
  await addRecipients(services, member, id, importRows(0, 2), 0);
  await failImport(services, member, id);
  await beginAppend(services, member, id, { bytesTotal: null });
  await addRecipients(services, member, id, importRows(1, 3), 0);
  const { importStatus, partial, recipientCount, taken, collapsed } = await finishImport(
    services,
    member,
    id,
  );
  assert.deepEqual([importStatus, partial, recipientCount, taken, collapsed], [
    "FINISHED",
    false,
    4,
    2,
    1,
  ]);
});

onEveryDatabase("finishImport() accepts a file whose rows are in the audience", async ({ db }) => {
  const { services, member, begin } = await openAudiences(db);
  const id = await begin();
  await addRecipients(services, member, id, importRows(0, 2), 0);
  await finishImport(services, member, id);
  for (const [rows, expected] of [[importRows(0, 2), "FINISHED"], [[], "FAILED"]] as const) {
    await beginAppend(services, member, id, { bytesTotal: null });
    await addRecipients(services, member, id, [...rows, { line: 9, reason: "is bad" }], 0);
    await finishImport(services, member, id).catch((error) => {
      assert(error instanceof InvalidInputError);
    });
    const audience = await getAudience(services, member, id);
    assert.deepEqual([audience.importStatus, audience.recipientCount], [expected, 2]);
  }
});
