import assert from "node:assert/strict";
import type { PendingDelivery } from "../../../src/domain/deliveries/delivery.ts";
import type { FinishedAttempt } from "../../../src/domain/deliveries/outcome.ts";
import { type BatchStep, type Step, writeSteps } from "../../../src/domain/deliveries/step.ts";
import {
  type BatchClaim,
  readAllPending,
  StaleBatchError,
  takeBatches,
  type TakenBatch,
} from "../../../src/domain/deliveries/take.ts";
import { finishMessages } from "../../../src/domain/messages/finish.ts";
import { onEveryMail, type TestMail } from "../../support/mail.ts";
import { people, readBatches, readDeliveries, readStatus } from "../../support/messages.ts";

const MESSAGES = 4;
const STALE = 2;

// Not sent, because the ledger compares what was sent with the mails that the server has received.
function failed(delivery: PendingDelivery): FinishedAttempt {
  const error = {
    type: "OTHER",
    disposition: "never",
    code: null,
    message: `Refused ${delivery.address}`,
    retryAfterMs: null,
    beforeRecipient: false,
  } as const;
  const outcome = { type: "failed", error, retryable: false } as const;
  return { delivery, outcome, provider: "test", durationMs: 1, earlier: [] };
}

/** Sends messages to one recipient each, and claims their batches; one claim is out of date. */
async function claimMessages({ worker, send }: TestMail) {
  const messages = [];
  const claims: BatchClaim[] = [];
  for (let n = 0; n < MESSAGES; n++) {
    messages.push(await send({ to: { list: people(n + 1).slice(n) } }));
    const [job] = await worker.claim();
    assert(job);
    const fence = n === STALE ? job.fence - 1 : job.fence;
    claims.push({ jobId: job.id, fence, batchId: String(job.payload.batchId) });
  }
  return { messages, claims };
}

function stepOf(step: number, given: Partial<Step>): Step {
  return { step, attempts: [], inFlight: [], starting: [], last: false, ...given };
}

function assertStale(results: readonly unknown[]): void {
  assert.deepEqual(
    results.map((result) => result instanceof StaleBatchError),
    results.map((_, index) => index === STALE),
  );
}

onEveryMail(
  "takeBatches() and writeSteps() refuse exactly the batches whose claim has ended",
  async (mail) => {
    const { db, services } = mail;
    const { messages, claims } = await claimMessages(mail);
    // In an order that is neither that of the jobs nor that of the batches.
    const order = [1, 3, 0, 2].map((n) => ({ claim: claims[n], message: messages[n] }));
    const results = await takeBatches(services, claims);
    assertStale(results);
    const taken = results.filter((batch): batch is TakenBatch => !(batch instanceof Error));
    assert.deepEqual(
      taken.map(({ messageId }) => messageId),
      messages.filter((_, n) => n !== STALE).map(({ id }) => id),
    );
    const pending = (await readAllPending(services, taken)).flat();
    assert.deepEqual(pending.map(({ address }) => address), [
      "person1@example.net",
      "person2@example.net",
      "person4@example.net",
    ]);

    const start = claims.map((claim) => ({ claim, step: stepOf(1, { starting: [1] }) }));
    const started = await writeSteps(services, start);
    assertStale(started);
    assert.ok(started.every((result) => result instanceof Error || result.started));

    const steps = order.map(({ claim, message }): BatchStep => {
      const index = taken.findIndex(({ messageId }) => messageId === message?.id);
      const delivery = pending[index];
      const attempts = delivery ? [failed(delivery)] : [];
      assert(claim);
      return { claim, step: stepOf(2, { attempts, last: true }) };
    });
    const ended = await writeSteps(services, steps);
    assert.ok(ended[3] instanceof StaleBatchError);
    assert.ok(ended.slice(0, 3).every((result) => !(result instanceof Error)));
    await finishMessages(services, messages);

    for (const [n, { id }] of messages.entries()) {
      const [batch] = await readBatches(db, id);
      const [delivery] = await readDeliveries(db, id);
      const [status, message] = n === STALE ? ["PENDING", "SENDING"] : ["FAILED", "FAILED"];
      assert.equal(delivery?.status, status);
      assert.equal(await readStatus(db, id), message);
      assert.deepEqual([batch?.finished, batch?.win], [n !== STALE, null]);
    }
    await mail.worker.loseLease();
  },
);
