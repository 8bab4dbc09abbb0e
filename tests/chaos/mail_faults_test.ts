import assert from "node:assert/strict";
import { statement } from "../../src/db/database.ts";
import { rescueOrphans } from "../../src/domain/jobs/lease.ts";
import { isFinal } from "../../src/domain/messages/message.ts";
import { resumeMessage, sendMessage } from "../../src/domain/messages/operations.ts";
import { sweepMessages } from "../../src/domain/messages/sweep.ts";
import { announceProviders } from "../../src/domain/providers/circuit.ts";
import { createBus } from "../../src/events/bus.ts";
import { postgresTransport } from "../../src/events/postgres.ts";
import { createOrganization } from "../support/callers.ts";
import { onPostgres } from "../support/database.ts";
import { assertDeliveriesHold } from "../support/delivery_ledger.ts";
import { assertJobsHold, openLedger } from "../support/ledger.ts";
import { type MailProcess, startMailProcess } from "../support/mail_process.ts";
import { comeDue } from "../support/mail_worker.ts";
import { messageInput, people, readDeliveries, readStatus, tally } from "../support/messages.ts";
import { randomOf } from "../support/random.ts";
import { MISCHIEFS, type Saboteur, STAGES, startSaboteur } from "../support/saboteur.ts";

const MAILS = 1_000;
const PROCESSES = 2;
const TIME_MS = 120_000;
const SEED = Number(Deno.env.get("CHAOS_SEED") ?? Math.floor(Math.random() * 1e6));

const EXPIRE = statement<[workerId: string]>(
  "test.expireDeadLease",
  "update workers set lease_until = clock_timestamp() - interval '1 second' where id = $1",
);
// Hours of waiting, in no time.
const TRY_NOW = statement<[], { id: string }>(
  "test.tryNow",
  "update providers set retry_at = now() where state = 'OPEN' and retry_at > now() returning id",
);

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function sumOf(saboteurs: readonly Saboteur[], counts: "taken" | "mischief"): Map<string, number> {
  const sum = new Map<string, number>();
  for (const saboteur of saboteurs) {
    for (const [key, count] of saboteur[counts]) sum.set(key, (sum.get(key) ?? 0) + count);
  }
  return sum;
}

onPostgres(
  `two providers go wrong at every stage while workers are killed (seed ${SEED})`,
  async ({ db, url }) => {
    const random = randomOf(SEED);
    await openLedger(db);
    const services = { db, bus: createBus(postgresTransport(() => db.dedicated(), () => {})) };
    const { admin } = await createOrganization(db);
    await using started = new AsyncDisposableStack();
    const saboteurs = [startSaboteur(random), startSaboteur(random)];
    for (const saboteur of saboteurs) started.use(saboteur);
    const smtpUrl = saboteurs.map((saboteur) => saboteur.url).join(",");
    const start = async () =>
      started.use(await startMailProcess(db, { databaseUrl: url, smtpUrl, impatient: true }));
    const end = async (process: MailProcess | undefined, signal: "SIGKILL" | "SIGTERM") => {
      if (!process) return;
      await process.end(signal);
      await db.run(EXPIRE, process.workerId);
      await rescueOrphans(services);
    };

    const { message: { id } } = await sendMessage(
      services,
      admin,
      messageInput({ to: { list: people(MAILS) }, retry: { mode: "AUTO", maxAttempts: 4 } }),
    );
    const processes: MailProcess[] = [];
    for (let n = 0; n < PROCESSES; n++) processes.push(await start());
    const begun = performance.now();
    let kills = 0;
    for (let turn = 0; !isFinal(await readStatus(db, id)); turn++) {
      assert.ok(performance.now() - begun < TIME_MS, `CHAOS_SEED=${SEED}: it does not end`);
      await sleep(100 + 200 * random());
      if (turn % 10 === 9) {
        const place = Math.floor(random() * PROCESSES);
        await end(processes[place], "SIGKILL");
        processes[place] = await start();
        kills++;
      }
      // What a person would do, and time.
      if (await readStatus(db, id) === "PAUSED") await resumeMessage(services, admin, id);
      announceProviders(services, (await db.run(TRY_NOW)).map((provider) => provider.id));
      await sweepMessages(services);
      await comeDue(services);
    }
    for (const process of processes) await end(process, "SIGTERM");
    await services.bus.close();

    const outcomes = tally((await readDeliveries(db, id)).map(({ status }) => status));
    const mischief = sumOf(saboteurs, "mischief");
    const about = `CHAOS_SEED=${SEED}, ${kills} kills, ${JSON.stringify(outcomes)}, ` +
      JSON.stringify(Object.fromEntries([...mischief].sort()));
    await Promise.all([assertJobsHold(db), assertDeliveriesHold(db, sumOf(saboteurs, "taken"))])
      .catch((error) => assert.fail(`${about}\n${error.message}`));
    const { SENT = 0, FAILED = 0, UNKNOWN = 0 } = outcomes;
    assert.equal(SENT + FAILED + UNKNOWN, MAILS, about);
    assert.ok(SENT > MAILS / 2, about);
    for (const stage of STAGES) {
      const met = MISCHIEFS.some((how) => mischief.has(`${stage} ${how}`));
      assert.ok(met, `${about}: nothing went wrong at ${stage}`);
    }
    assert.ok(saboteurs.every(({ taken }) => taken.size > 0), `${about}: one took nothing`);
  },
);
