// One message to 1,000,000 recipients: rate, and memory of the sending process (Linux).
import { createBus } from "../../src/events/bus.ts";
import { postgresTransport } from "../../src/events/postgres.ts";
import { createOrganization } from "../support/callers.ts";
import { testDatabase } from "../support/database.ts";
import { startWorkerProgram } from "../support/program.ts";
import { fillAudience, sendAndWait } from "./audience.ts";
import { perSecond, report } from "./report.ts";
import { CONNECTIONS, startSink } from "./smtp_send.ts";

const RECIPIENTS = 1_000_000;
const SAMPLE_MS = 1_000;

async function residentMegabytes(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1_024;
}

const { db, url, close } = await testDatabase();
const bus = createBus(postgresTransport(() => db.dedicated(), () => {}));
const services = { db, bus };
const { admin } = await createOrganization(db);
const audienceId = await fillAudience(services, admin, RECIPIENTS);
const { port, stop } = await startSink();
const worker = startWorkerProgram({
  DATABASE_URL: url,
  SMTP_URLS: `smtp://127.0.0.1:${port}?connections=${CONNECTIONS}`,
});
const samples: number[] = [];
const sampling = setInterval(
  async () => samples.push(await residentMegabytes(worker.process.pid)),
  SAMPLE_MS,
);
const start = performance.now();
await sendAndWait(services, admin, audienceId);
const rate = RECIPIENTS / (performance.now() - start) * 1_000;
clearInterval(sampling);
await worker.stop();
await stop();
await bus.close();
await close();

const tenth = Math.ceil(samples.length / 10);
report(`${RECIPIENTS} recipients, everything recorded`, perSecond(rate));
report("resident memory, highest", `${Math.round(Math.max(...samples))} MB`);
report("  in the first tenth", `${Math.round(Math.max(...samples.slice(0, tenth)))} MB`);
report("  in the last tenth", `${Math.round(Math.max(...samples.slice(-tenth)))} MB`);
