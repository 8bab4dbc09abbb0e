// One message to 100,000 recipients with retry AUTO and backoff IMMEDIATE: every 20th is refused at the first attempt, compared
// with a message without refusals.
import { createBus } from "../../src/events/bus.ts";
import { postgresTransport } from "../../src/events/postgres.ts";
import { createOrganization } from "../support/callers.ts";
import { testDatabase } from "../support/database.ts";
import { startWorkerProgram } from "../support/program.ts";
import { fillAudience, sendAndWait } from "./audience.ts";
import { measureAlternately, perSecond, report } from "./report.ts";
import { CONNECTIONS, startSink } from "./smtp_send.ts";

const RECIPIENTS = 100_000;
const REFUSED_EVERY = 20;
const ROUNDS = 3;

async function send(refusedEvery?: number): Promise<number> {
  const { db, url, close } = await testDatabase();
  const bus = createBus(postgresTransport(() => db.dedicated(), () => {}));
  const services = { db, bus };
  const { admin } = await createOrganization(db);
  const audienceId = await fillAudience(services, admin, RECIPIENTS);
  const { port, stop } = await startSink(refusedEvery);
  const worker = startWorkerProgram({
    DATABASE_URL: url,
    SMTP_URLS: `smtp://127.0.0.1:${port}?connections=${CONNECTIONS}`,
  });
  const start = performance.now();
  await sendAndWait(services, admin, audienceId, {
    mode: "AUTO",
    maxAttempts: 3,
    backoff: "IMMEDIATE",
  });
  const rate = RECIPIENTS / (performance.now() - start) * 1_000;
  await worker.stop();
  await stop();
  await bus.close();
  await close();
  return rate;
}

const { smooth = NaN, retried = NaN } = await measureAlternately(ROUNDS, {
  smooth: () => send(),
  retried: () => send(REFUSED_EVERY),
});
report(`${RECIPIENTS} recipients, none refused`, perSecond(smooth));
report(`${RECIPIENTS} recipients, 5 % refused at first, AUTO, IMMEDIATE`, perSecond(retried));
report("with refusals / without", (retried / smooth).toFixed(2));
