import assert from "node:assert/strict";
import { type Connection, statement } from "../../../src/db/database.ts";
import { toTypeId } from "../../../src/domain/id.ts";
import { readJobWaits } from "../../../src/domain/jobs/read_waits.ts";
import { settleJobs } from "../../../src/domain/jobs/settle.ts";
import { pauseMessage } from "../../../src/domain/messages/pause.ts";
import { sendMessage } from "../../../src/domain/messages/send.ts";
import { beginProbe, openCircuit } from "../../../src/domain/providers/circuit.ts";
import { registerProviders } from "../../../src/domain/providers/register.ts";
import type { WaitingFor } from "../../../src/domain/waiting.ts";
import { addJob, addJobs, addWorker, claimWork, endOf, expireLease } from "../../support/jobs.ts";
import { messageInput } from "../../support/messages.ts";
import { onEveryQueue } from "../../support/queue.ts";
import { createOrganization } from "../../support/callers.ts";

const SET_WAIT = statement<[id: string, reason: string, providerId: string | null]>(
  "test.setWait",
  `update jobs set status = 'SCHEDULED', run_at = now() + interval '1 hour', wait_reason = $2,
     wait_provider_id = $3 where id = $1`,
);
const END_CIRCUIT_WAIT = statement<[]>(
  "test.endCircuitWait",
  "update providers set retry_at = now()",
);
const JOB_OF_MESSAGE = statement<[subject: string], { id: string }>(
  "test.jobOfMessage",
  "select id from jobs where subject = $1",
);
const FLOOD = statement<[organizationId: string, count: number]>(
  "test.flood",
  `insert into jobs (id, organization_id, kind, lane, topic, status, max_attempts)
   select uuid_v7(), $1, 'work', 'BULK', 'work', 'QUEUED', 3 from generate_series(1, $2)`,
);

async function waitOf(db: Connection, id: string): Promise<WaitingFor | undefined> {
  return (await readJobWaits(db, [id])).get(id);
}

async function reasonOf(db: Connection, id: string): Promise<[string?, (number | null)?]> {
  const wait = await waitOf(db, id);
  return [wait?.reason, wait?.position];
}

onEveryQueue(
  "readJobWaits() counts the queued jobs of the partition in the order in which they are claimed",
  async ({ db, services, organization: { id: org } }) => {
    const worker = await addWorker(services, { BULK: 3 });
    const [first = "", second = ""] = await addJobs(db, org, 2);
    const urgent = await addJob(db, org, { priority: 5 });
    await addJob(db, org, { topic: "another type" });
    await addJob(db, org, { lane: "SYSTEM" });
    await addJob(db, (await createOrganization(db)).id);
    await addJob(db, org, { runAt: new Date("2040-01-01T00:00:00Z") });

    const waits = await readJobWaits(db, [first, second, urgent]);
    const positions = [urgent, first, second].map((id) => waits.get(id)?.position);
    assert.deepEqual(positions, [0, 1, 2]);

    const claimed = await claimWork(services, worker, org, 2);
    assert.deepEqual(claimed.map(({ id }) => id).sort(), [urgent, first].sort());
    assert.equal((await waitOf(db, second))?.position, 0);
    assert.equal(await waitOf(db, first), undefined, "a running job does not wait");
  },
);

onEveryQueue(
  "readJobWaits() counts positions up to 10,000",
  async ({ db, services, organization: { id: org } }) => {
    await addWorker(services, { BULK: 1 });
    await db.run(FLOOD, org, 10_000);
    const [counted = "", beyond = ""] = await addJobs(db, org, 2, { priority: -1 });
    assert.deepEqual(await reasonOf(db, counted), ["BEHIND", 10_000]);
    assert.deepEqual(await reasonOf(db, beyond), ["BEHIND", null]);
  },
);

onEveryQueue(
  "readJobWaits() reports a full lane, and a lane that no living worker serves",
  async ({ db, services, organization: { id: org } }) => {
    const [, second = "", third = ""] = await addJobs(db, org, 3);
    assert.deepEqual(await reasonOf(db, second), ["LANE_PAUSED", null], "no worker");
    await addWorker(services, { SYSTEM: 2 });
    assert.deepEqual(await reasonOf(db, second), ["LANE_PAUSED", null], "another lane");

    const worker = await addWorker(services, { BULK: 1 });
    assert.deepEqual(await reasonOf(db, second), ["BEHIND", 1]);
    const [claimed] = await claimWork(services, worker, org, 1);
    assert.ok(claimed);
    assert.deepEqual(await reasonOf(db, second), ["LANE_FULL", null]);
    assert.deepEqual(await reasonOf(db, third), ["BEHIND", 1]);
    await addWorker(services, { BULK: 1 });
    assert.deepEqual(await reasonOf(db, second), ["BEHIND", 0], "a slot of another worker is free");

    await expireLease(db);
    assert.deepEqual(await reasonOf(db, second), ["LANE_PAUSED", null], "all workers are dead");
    await settleJobs(db, [endOf(claimed)]);
    assert.equal(await waitOf(db, claimed.id), undefined, "a finished job does not wait");
  },
);

onEveryQueue(
  "readJobWaits() explains a later start and a failed attempt",
  async ({ db, services, organization: { id: org } }) => {
    const runAt = new Date("2040-01-01T09:00:00Z");
    const later = await addJob(db, org, { runAt });
    const { reason, until } = await waitOf(db, later) ?? {};
    assert.deepEqual([reason, until], ["NOT_DUE", runAt]);

    const id = await addJob(db, org);
    const [job] = await claimWork(services, await addWorker(services, { BULK: 1 }), org, 1);
    assert.ok(job);
    const error = { type: "NETWORK", code: "451 4.7.1", message: "451 4.7.1 try later" };
    await settleJobs(db, [endOf(job, { outcome: "retry", delayMs: 3_600_000, error })]);
    const wait = await waitOf(db, id);
    assert.equal(wait?.reason, "BACKOFF");
    assert.match(
      wait.text,
      /before attempt 2, because the last attempt failed: 451 4.7.1 try later/,
    );
    const waitMs = Number(wait.until) - Date.now();
    assert.ok(waitMs > 3_500_000 && waitMs <= 3_600_000, `${waitMs}`);
  },
);

onEveryQueue(
  "readJobWaits() names the provider that a job waits for, its error and the time of its probe",
  async ({ db, services, organization: { id: org } }) => {
    const named = { channel: "EMAIL", name: "smtp.example.com:587", perSecond: 50 } as const;
    const [provider] = await registerProviders({ db }, [named]);
    assert.ok(provider);
    await openCircuit(services, provider, {
      type: "NETWORK",
      disposition: "retry",
      code: "ECONNREFUSED",
      message: "connect ECONNREFUSED",
      retryAfterMs: null,
    });
    const id = await addJob(db, org);
    await db.run(SET_WAIT, id, "PROVIDER_OPEN", provider.id);
    const wait = await waitOf(db, id);
    const text =
      "Waits for provider smtp.example.com:587, which cannot be reached: connect ECONNREFUSED";
    assert.deepEqual([wait?.reason, wait?.text, wait?.providerId], [
      "PROVIDER_OPEN",
      text,
      provider.id,
    ]);
    assert.ok(Number(wait?.until) - Date.now() < 6_000, "the probe, not the job's own time");

    await db.run(END_CIRCUIT_WAIT);
    assert.ok(await beginProbe(services, { ...provider, epoch: provider.epoch + 1 }));
    const probed = await waitOf(db, id);
    assert.ok(Number(probed?.until) - Date.now() > 3_000_000, "not the deadline of the probe");

    await db.run(SET_WAIT, id, "RATE_LIMIT", provider.id);
    const limited = await waitOf(db, id);
    assert.deepEqual([limited?.reason, limited?.providerId], ["RATE_LIMIT", provider.id]);
  },
);

onEveryQueue(
  "readJobWaits() explains the pause of the message that a job works on",
  async ({ db, services, organization: { admin } }) => {
    const { message } = await sendMessage(services, admin, messageInput());
    const [job] = await db.run(JOB_OF_MESSAGE, toTypeId("message", message.id));
    assert.ok(job);
    assert.deepEqual(await reasonOf(db, job.id), ["LANE_PAUSED", null]);
    await pauseMessage(services, admin, message.id);
    const wait = await waitOf(db, job.id);
    assert.equal(wait?.reason, "PAUSED");
    assert.match(wait.text, /^Paused by a person since /);
  },
);
