// Two processes share a provider limited to 200 mails per second: mails received in each second.
import { createBus } from "../../src/events/bus.ts";
import { postgresTransport } from "../../src/events/postgres.ts";
import { createOrganization } from "../support/callers.ts";
import { testDatabase } from "../support/database.ts";
import { startWorkerProgram } from "../support/program.ts";
import { startSmtpServer } from "../support/smtp.ts";
import { until } from "../support/until.ts";
import { fillAudience, sendAndWait } from "./audience.ts";
import { report } from "./report.ts";

const LIMIT = 200;
const RECIPIENTS = 4_000;
const SECONDS = 15;

const { db, url, close } = await testDatabase();
const bus = createBus(postgresTransport(() => db.dedicated(), () => {}));
const services = { db, bus };
const { admin } = await createOrganization(db);
const audienceId = await fillAudience(services, admin, RECIPIENTS);
const smtp = await startSmtpServer();
const settings = { DATABASE_URL: url, SMTP_URLS: `${smtp.url}?rate=${LIMIT}/s` };
const workers = [startWorkerProgram(settings), startWorkerProgram(settings)];
const sending = sendAndWait(services, admin, audienceId);
// Both processes have started by then.
await until("the mails of one second have arrived", () => smtp.received.length >= LIMIT);

const counts: number[] = [];
const startedAt = performance.now();
for (let second = 1, before = smtp.received.length; second <= SECONDS; second++) {
  const wait = startedAt + second * 1_000 - performance.now();
  await new Promise((resolve) => setTimeout(resolve, wait));
  counts.push(smtp.received.length - before);
  before = smtp.received.length;
}
await sending;
for (const worker of workers) await worker.stop();
await smtp.close();
await bus.close();
await close();

const mean = counts.reduce((sum, count) => sum + count) / counts.length;
report(`two processes under ${LIMIT}/s, mean of ${SECONDS} s`, `${mean.toFixed(1)}/s`);
report("  fewest and most in a second", `${Math.min(...counts)}, ${Math.max(...counts)}`);
report("  arrived / limit", (mean / LIMIT).toFixed(3));
