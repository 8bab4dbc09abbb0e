import { openWebhookClient } from "../../src/channels/webhook/webhook_client.ts";
import { JOB_KINDS } from "../../src/domain/jobs/kinds.ts";
import { sweepOutbox } from "../../src/domain/webhooks/sweep.ts";
import { createBus } from "../../src/events/bus.ts";
import { deliverEventsHandler } from "../../src/handlers/deliver_events.ts";
import { planMessageHandler } from "../../src/handlers/plan_message.ts";
import { sendBatchHandler } from "../../src/handlers/send_batch.ts";
import { every } from "../../src/queue/every.ts";
import { bindHandlers } from "../../src/queue/handler.ts";
import { startWorker } from "../../src/queue/worker.ts";
import { ContentCache } from "../../src/sending/content_cache.ts";
import { WebhookSender } from "../../src/sending/webhook_sender.ts";
import { Window } from "../../src/sending/window.ts";
import { createOrganization } from "../support/callers.ts";
import { testDatabase } from "../support/database.ts";
import { openPool, smtpProvider } from "../support/providers.ts";
import { addEndpoint, withVault } from "../support/webhooks.ts";
import { fillAudience, sendAndWait } from "./audience.ts";
import { CONNECTIONS, MAILS } from "./smtp_send.ts";

const LIMIT = 2 * CONNECTIONS;
const SWEEP_MS = 500;
const { PLAN_MESSAGE, SEND_BATCH, DELIVER_EVENTS } = JOB_KINDS;

/**
 * Rate of a worker that sends one message to an audience, in mails per second.
 *
 * @param port port of the sink
 * @param webhookUrl endpoint that gets all events; null: none
 */
export async function throughWaybill(
  port: number,
  webhookUrl: string | null = null,
): Promise<number> {
  const { db, close } = await testDatabase();
  const services = withVault({ db, bus: createBus() });
  const { admin } = await createOrganization(db);
  if (webhookUrl) await addEndpoint(services, admin, webhookUrl);
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
  const client = openWebhookClient({ allowPrivate: true, version: "bench" });
  const worker = await startWorker(services, {
    handlers: bindHandlers({ PLAN_MESSAGE, SEND_BATCH, DELIVER_EVENTS }, {
      PLAN_MESSAGE: planMessageHandler(services),
      SEND_BATCH: sendBatchHandler(services, {
        slots,
        contents,
        sending: new Set(),
        publicUrl: "http://localhost",
      }),
      DELIVER_EVENTS: deliverEventsHandler((claim, signal) =>
        new WebhookSender(services, client, claim, signal)
      ),
    }),
    lanes: new Map([["BULK", 2], ["WEBHOOK", 2]]),
  });
  const sweeping = every(SWEEP_MS, "Sweeping", () => sweepOutbox(services));
  const start = performance.now();
  await sendAndWait(services, admin, audienceId);
  const rate = MAILS / (performance.now() - start) * 1_000;
  await sweeping.stop();
  await worker.stop();
  await pool.close();
  client.close();
  await services.bus.close();
  await close();
  return rate;
}
