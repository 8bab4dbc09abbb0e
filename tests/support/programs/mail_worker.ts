// Runs the background work of a process on DATABASE_URL and SMTP_URLS, with SMTP timeouts of 500 ms.
// SIGTERM stops it gracefully.
import { getLogger } from "@logtape/logtape";
import { openCaptureChannel } from "../../../src/channels/capture.ts";
import { openSmtpChannel } from "../../../src/channels/email/smtp.ts";
import { parseSmtpUrl } from "../../../src/channels/email/smtp_url.ts";
import { openDatabase } from "../../../src/db/database.ts";
import { createBus } from "../../../src/events/bus.ts";
import { postgresTransport } from "../../../src/events/postgres.ts";
import { startBackground } from "../../../src/app/background.ts";
import { DEFAULT_SLOTS } from "../../../src/domain/jobs/lane.ts";
import {
  type ConfiguredProvider,
  registerConfigured,
} from "../../../src/sending/configured_provider.ts";

const FROM = "Waybill <noreply@example.com>";
const TIMEOUT_MS = 500;
const log = getLogger(["waybill", "test"]);

const connectionString = Deno.env.get("DATABASE_URL");
const onError = (error: unknown) => log.warn("{error}", { error });
const db = openDatabase({ connection: { connectionString }, size: 5, embedded: false, onError });
const bus = createBus(postgresTransport(() => db.dedicated(), onError));
const timeouts = {
  open: TIMEOUT_MS,
  reply: TIMEOUT_MS,
  envelope: TIMEOUT_MS,
  answer: TIMEOUT_MS,
  body: 2 * TIMEOUT_MS,
};
const configured = (Deno.env.get("SMTP_URLS") ?? "").split(",").map((url): ConfiguredProvider => {
  const provider = { ...parseSmtpUrl(url), greetingMs: TIMEOUT_MS };
  return {
    channel: "EMAIL",
    name: provider.name,
    perSecond: provider.perSecond,
    open: () => openSmtpChannel(provider, { from: FROM, timeouts }),
  };
});
const background = await startBackground({ db, bus }, {
  model: null,
  lanes: DEFAULT_SLOTS,
  providers: await registerConfigured({ db, bus }, configured),
  capture: openCaptureChannel("never written to", FROM),
  publicUrl: "https://mail.example.com",
  webhookAllowPrivate: true,
  retention: { completedMs: 1e9, failedMs: 1e9, deliveryDays: 90 },
});

Deno.addSignalListener("SIGTERM", async () => {
  await background.stop();
  await bus.close();
  await db.close();
  Deno.exit(0);
});
