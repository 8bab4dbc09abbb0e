import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { ConflictError, ForbiddenError } from "../../../src/domain/errors.ts";
import { newId } from "../../../src/domain/id.ts";
import { recordEvents } from "../../../src/domain/outbox/append.ts";
import { type ForwardedCall, listenToEvents } from "../../../src/domain/webhooks/listen.ts";
import { addListener, removeListeners } from "../../../src/domain/webhooks/listeners.ts";
import { pruneWebhooks } from "../../../src/domain/webhooks/prune.ts";
import { onEveryQueue } from "../../support/queue.ts";
import { readOutbox } from "../../support/webhooks.ts";

const EXPIRE = statement<[]>(
  "test.expireListeners",
  "update webhook_listeners set expires_at = now() - interval '1 second'",
);

onEveryQueue(
  "listenToEvents() passes on events until it ends, and leaves nothing",
  async (queue) => {
    const { services, db, organization: { admin, member } } = queue;
    assert.throws(() => listenToEvents(services, member, null), ForbiddenError);
    const { organizationId } = admin;
    const event = (name: "JOB_FAILED" | "MESSAGE_PAUSED") => ({
      organizationId,
      event: name,
      objectId: newId(),
      data: { name },
    });
    const calls = listenToEvents(services, admin, ["JOB_FAILED"])[Symbol.asyncIterator]();
    assert.deepEqual((await calls.next()).value, []);
    // The daily cleanup deletes the events of deleted endpoints, but not these.
    await recordEvents(db, [event("JOB_FAILED"), event("MESSAGE_PAUSED"), event("JOB_FAILED")]);
    await pruneWebhooks(services);
    const { value } = await calls.next();
    assert.deepEqual(value?.map((call: ForwardedCall) => JSON.parse(call.body).type), [
      "job.failed",
      "job.failed",
    ]);
    await calls.return?.();
    await recordEvents(db, [event("JOB_FAILED")]);
    assert.deepEqual(await readOutbox(db), []);
  },
);

onEveryQueue(
  "the listener of a process that has died is removed with its events",
  async (queue) => {
    const { services, db, organization: { admin: { organizationId } } } = queue;
    await addListener(services, organizationId, ["JOB_FAILED"]);
    const failed = { organizationId, event: "JOB_FAILED", objectId: newId(), data: {} } as const;
    await recordEvents(db, [failed]);
    await removeListeners(services);
    assert.equal((await readOutbox(db)).length, 1);
    await db.run(EXPIRE);
    await removeListeners(services);
    await recordEvents(db, [failed]);
    assert.deepEqual(await readOutbox(db), []);
  },
);

onEveryQueue("an organization has at most 5 listeners", async ({ services, organization }) => {
  const { organizationId } = organization.admin;
  for (let n = 0; n < 5; n++) await addListener(services, organizationId, ["JOB_FAILED"]);
  await assert.rejects(addListener(services, organizationId, ["JOB_FAILED"]), ConflictError);
});
