// One message, everything recorded, compared with a bare nodemailer pool: same mails, same sink. Like a
// process, with two providers, circuits, and a shared rate limit that is never reached.
import type { Services } from "../../src/domain/services.ts";
import { createBus } from "../../src/events/bus.ts";
import { ContentCache } from "../../src/sending/content_cache.ts";
import { planMessageHandler } from "../../src/handlers/plan_message.ts";
import { sendBatchHandler } from "../../src/handlers/send_batch.ts";
import { JOB_KINDS } from "../../src/domain/jobs/kinds.ts";
import { bindHandlers } from "../../src/queue/handler.ts";
import { startWorker } from "../../src/queue/worker.ts";
import { Window } from "../../src/sending/window.ts";
import { createOrganization } from "../support/callers.ts";
import { testDatabase } from "../support/database.ts";
import { openPool, smtpProvider } from "../support/providers.ts";
import { fillAudience, sendAndWait } from "./audience.ts";
import { measureAlternately, perSecond, report } from "./report.ts";
import { CONNECTIONS, MAILS, startSink, throughPool } from "./smtp_send.ts";

const ROUNDS = 3;
const LIMIT = 2 * CONNECTIONS;
const { PLAN_MESSAGE, SEND_BATCH } = JOB_KINDS;

async function throughWaybill(port: number): Promise<number> {
  const { db, close } = await testDatabase();
  const services: Services = { db, bus: createBus() };
  const { admin } = await createOrganization(db);
  const audienceId = await fillAudience(services, admin, MAILS);
  const pool = await openPool(services, [
    smtpProvider(`smtp://127.0.0.1:${port}?connections=${CONNECTIONS}&rate=50000/s`),
    smtpProvider(`smtp://localhost:${port}?connections=${CONNECTIONS}`),
  ]);
  const channel = pool.slots.get("EMAIL")?.channel;
  if (!channel) throw new Error("There is no slot for EMAIL");
  const contents = new ContentCache(services);
  const windows = { urgent: new Window(() => LIMIT), normal: new Window(() => LIMIT) };
  const slots = new Map([["EMAIL", { channel, window: CONNECTIONS, windows }] as const]);
  const worker = await startWorker(services, {
    handlers: bindHandlers({ PLAN_MESSAGE, SEND_BATCH }, {
      PLAN_MESSAGE: planMessageHandler(services),
      SEND_BATCH: sendBatchHandler(services, {
        slots,
        contents,
        sending: new Set(),
        publicUrl: "http://localhost",
      }),
    }),
    lanes: new Map([["BULK", 2]]),
  });
  const start = performance.now();
  await sendAndWait(services, admin, audienceId);
  const rate = MAILS / (performance.now() - start) * 1_000;
  await worker.stop();
  await pool.close();
  await services.bus.close();
  await close();
  return rate;
}

const { port, stop } = await startSink();
const rates = await measureAlternately(ROUNDS, {
  pool: () => throughPool(port),
  waybill: () => throughWaybill(port),
});
await stop();
const { pool = NaN, waybill = NaN } = rates;
report(`bare nodemailer pool, ${CONNECTIONS} connections`, perSecond(pool));
report(`Waybill, ${MAILS} mails, everything recorded`, perSecond(waybill));
report("Waybill / bare pool", (waybill / pool).toFixed(2));
