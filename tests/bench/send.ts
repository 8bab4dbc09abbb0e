// A whole message, everything recorded, beside a bare nodemailer pool: same mails, same sink.
import { openSmtpChannel } from "../../src/channels/smtp.ts";
import { statement } from "../../src/db/database.ts";
import type { Caller } from "../../src/domain/access/access.ts";
import { newId } from "../../src/domain/id.ts";
import { sendMessage } from "../../src/domain/messages/operations.ts";
import type { Services } from "../../src/domain/services.ts";
import { createBus } from "../../src/events/bus.ts";
import { ContentCache } from "../../src/worker/handlers/content_cache.ts";
import { planMessageHandler } from "../../src/worker/handlers/plan_message.ts";
import { sendBatchHandler } from "../../src/worker/handlers/send_batch.ts";
import { startWorker } from "../../src/worker/worker.ts";
import { createOrganization } from "../support/callers.ts";
import { testDatabase } from "../support/database.ts";
import { inTurns, perSecond, report } from "./report.ts";
import { CONNECTIONS, FROM, MAILS, startSink, templates, throughPool } from "./smtp_send.ts";

const ROUNDS = 3;

const FILL = statement<[organizationId: string, id: string, count: number]>(
  "bench.fillAudience",
  `with a as (
     insert into audiences (id, organization_id, name, recipient_count, import_status, variable_names)
     values ($2, $1, 'bench', $3, 'FINISHED', '{n}')
   )
   insert into audience_recipients (organization_id, audience_id, n, address, name, variables)
   select $1, $2, n, 'person' || n || '@example.net', 'Person ' || n, jsonb_build_object('n', n)
   from generate_series(1, $3) n`,
);

async function throughWaybill(port: number): Promise<number> {
  const { db, close } = await testDatabase();
  const services: Services = { db, bus: createBus() };
  const { admin } = await createOrganization(db);
  const audienceId = newId();
  await db.run(FILL, admin.organizationId, audienceId, MAILS);
  const channel = openSmtpChannel(`smtp://127.0.0.1:${port}?connections=${CONNECTIONS}`, {
    from: FROM,
  });
  const contents = new ContentCache(services);
  const window = Number(Deno.env.get("WINDOW") ?? CONNECTIONS);
  const worker = await startWorker(services, {
    handlers: new Map([
      ["PLAN_MESSAGE", planMessageHandler(services)],
      ["SEND_BATCH", sendBatchHandler(services, { channel, contents, window })],
    ]),
    lanes: new Map([["BULK", 2]]),
  });
  const start = performance.now();
  await sendAndWait(services, admin, audienceId);
  const rate = MAILS / (performance.now() - start) * 1_000;
  await worker.stop();
  await channel.close();
  await services.bus.close();
  await close();
  return rate;
}

const STATUS = statement<[id: string], { status: string }>(
  "bench.status",
  "select status from messages where id = $1",
);

async function sendAndWait(services: Services, caller: Caller, audienceId: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const { message } = await sendMessage(services, caller, {
    title: "Bench",
    channel: "EMAIL",
    type: "bench",
    lane: "BULK",
    priority: 0,
    content: templates,
    to: { audienceId },
    retry: { mode: "MANUAL", maxAttempts: 3 },
    onUnknown: "HOLD",
    unsubscribable: false,
  });
  const end = services.bus.subscribe("messages", async () => {
    const [row] = await services.db.run(STATUS, message.id);
    if (row?.status === "SENT") resolve();
    if (row?.status === "PARTIALLY_SENT" || row?.status === "FAILED") reject(new Error(row.status));
  });
  await promise.finally(end);
}

const { port, stop } = await startSink();
const rates = await inTurns(ROUNDS, {
  pool: () => throughPool(port),
  waybill: () => throughWaybill(port),
});
await stop();
const { pool = NaN, waybill = NaN } = rates;
report(`bare nodemailer pool, ${CONNECTIONS} connections`, perSecond(pool));
report(`Waybill, ${MAILS} mails, everything recorded`, perSecond(waybill));
report("Waybill / bare pool", (waybill / pool).toFixed(2));
