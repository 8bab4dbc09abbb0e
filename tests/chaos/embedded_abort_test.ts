import assert from "node:assert/strict";
import { DatabaseConnectionError } from "../../src/db/sqlstate.ts";
import { isFinal } from "../../src/domain/messages/message.ts";
import { abortEmbedded } from "../support/embedded.ts";
import { onEmbeddedMail } from "../support/mail.ts";
import { people, readDeliveries, readStatus, tally } from "../support/messages.ts";
import { sleep, until } from "../support/until.ts";

const MAILS = 400;
const REPLY_MS = 20;
const ABORTS_AT = [50, 150, 250];

/** Ignores a lost connection, and rethrows every other error. */
function ignoreLost(error: unknown): void {
  if (!(error instanceof DatabaseConnectionError)) throw error;
}

onEmbeddedMail(
  "A message is sent whole, and nothing twice, while the embedded database aborts",
  async ({ db, worker, smtp, send }) => {
    const { id } = await send({ to: { list: people(MAILS) } });
    let ended = false;
    const working = (async () => {
      while (!ended) {
        await worker.runQueued().catch(ignoreLost);
        await sleep(50);
      }
    })();
    for (const received of ABORTS_AT) {
      await until(
        `${received} mails have arrived`,
        () => smtp.received.length >= received,
        120_000,
      );
      await assert.rejects(abortEmbedded(db), { name: "DatabaseConnectionError" });
    }
    await until(
      "the message has ended",
      () => readStatus(db, id).then(isFinal, ignoreLost),
      120_000,
    );
    ended = true;
    await working;
    const statuses = (await readDeliveries(db, id)).map(({ status }) => status);
    assert.deepEqual(tally(statuses), { SENT: MAILS });
    assert.equal(smtp.received.length, MAILS);
  },
  () => ({ beforeReply: () => sleep(REPLY_MS) }),
);
