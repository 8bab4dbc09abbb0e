import assert from "node:assert/strict";
import { newId } from "../../src/domain/id.ts";
import { recordEvents } from "../../src/domain/outbox/append.ts";
import { createBus } from "../../src/events/bus.ts";
import { createOrganization } from "../support/callers.ts";
import { onPostgres } from "../support/database.ts";
import { expireLease } from "../support/jobs.ts";
import { startWorkerProgram } from "../support/program.ts";
import { until } from "../support/until.ts";
import { startReceiver, verifyCall } from "../support/webhook_receiver.ts";
import { readWorkers } from "../support/worker_process.ts";
import { addEndpoint, readCalls, WEBHOOK_SECRET_KEY, withVault } from "../support/webhooks.ts";

onPostgres(
  "a call whose worker is killed is made again, with the same id and body",
  async ({ db, url }) => {
    const services = withVault({ db, bus: createBus() });
    const { id: organizationId, admin } = await createOrganization(db);
    await using receiver = await startReceiver();
    const { secret } = await addEndpoint(services, admin, receiver.url);
    const objectId = newId();
    const append = (n: number) =>
      recordEvents(db, [{ organizationId, event: "JOB_FAILED", objectId, data: { n } }]);
    const settings = {
      DATABASE_URL: url,
      SECRET_KEY: WEBHOOK_SECRET_KEY,
      WEBHOOK_ALLOW_PRIVATE: "true",
    };
    // The receiver has the call, but the worker does not know it yet.
    receiver.answer = () => "SILENCE";
    await append(1);
    const first = startWorkerProgram(settings);
    await until("the call has arrived", () => receiver.calls.length === 1);
    await append(2);
    first.process.kill("SIGKILL");
    await first.process.status;
    const [workerId] = await readWorkers(db);
    receiver.answer = () => ({ status: 204 });
    const second = startWorkerProgram(settings);
    await until("the lease of the first worker has expired", async () => {
      await expireLease(db, workerId);
      return receiver.accepted.length === 2;
    });
    await until("both are recorded", async () => {
      const calls = await readCalls(db);
      return calls.length === 2 && calls.every(({ status }) => status === "DELIVERED");
    });
    await second.stop();
    await services.bus.close();
    const [killed, again, next, ...others] = receiver.calls;
    assert.ok(killed && again && next);
    assert.deepEqual([again.id, again.body], [killed.id, killed.body]);
    assert.deepEqual([again.data[0]?.n, next.data[0]?.n], [1, 2]);
    assert.deepEqual(others, []);
    for (const call of receiver.calls) verifyCall(call, secret);
  },
);
