import assert from "node:assert/strict";
import { readStats } from "../../src/domain/deliveries/stats.ts";
import { type Gate, makeGate } from "../support/gate.ts";
import { onEveryMail } from "../support/mail.ts";
import { people, readDeliveries, tally } from "../support/messages.ts";
import { until } from "../support/until.ts";

const WINDOW = 4;
let gate: Gate;

onEveryMail(
  "a worker that stops records what was answered, and does not wait for the others",
  async ({ db, worker, startWorker, send }) => {
    const { id } = await send({ to: { list: people(10) } });
    worker.start(await worker.claim());
    await gate.filled(WINDOW);
    try {
      gate.release(1);
      const sent = async () => (await readStats(db, [id])).get(id)?.sent;
      // The others are never answered: the process ends with them.
      worker.abort("stopping");
      await until("the one that was answered is recorded", async () => await sent() === 1, 3_000);
      await worker.die();
      const other = await startWorker();
      other.start(await other.claim());
      await gate.filled(2 * WINDOW - 1);
    } finally {
      gate.open();
    }
    await worker.rest();
    await until("the other worker is done", async () => {
      const rows = await readDeliveries(db, id);
      return rows.every(({ status }) => status !== "PENDING");
    });
    const rows = await readDeliveries(db, id);
    assert.deepEqual(tally(rows.map(({ status }) => status)), { UNKNOWN: 3, SENT: 7 });
  },
  () => {
    gate = makeGate();
    return { window: WINDOW, beforeReply: (address) => gate.pass(address) };
  },
);
