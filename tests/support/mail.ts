import type { Channel } from "../../src/channels/channel.ts";
import { openSmtpChannel } from "../../src/channels/email/smtp.ts";
import type { SmtpTimeouts } from "../../src/channels/email/smtp_connection.ts";
import { parseSmtpUrl } from "../../src/channels/email/smtp_url.ts";
import type { Database } from "../../src/db/database.ts";
import type { SendMessageInput } from "../../src/domain/messages/input.ts";
import type { Message } from "../../src/domain/messages/message.ts";
import { sendMessage } from "../../src/domain/messages/send.ts";
import type { Services } from "../../src/domain/services.ts";
import { createBus } from "../../src/events/bus.ts";
import { createOrganization, type TestOrganization } from "./callers.ts";
import { onEmbedded, onEveryDatabase, onPostgres } from "./database.ts";
import { assertDeliveriesHold } from "./delivery_ledger.ts";
import { assertJobsHold, openLedger } from "./ledger.ts";
import { type MailWorker, startMailWorker } from "./mail_worker.ts";
import { messageInput } from "./messages.ts";
import { type SmtpServerSettings, type SmtpTestServer, startSmtpServer } from "./smtp.ts";

/** A worker and a mail server, on a fresh database. */
export interface TestMail {
  readonly db: Database;
  readonly services: Services;
  readonly organization: TestOrganization;
  readonly worker: MailWorker;
  readonly smtp: SmtpTestServer;
  readonly channel: Channel;
  /** Starts another worker on the same channel. */
  startWorker(): Promise<MailWorker>;
  /** Sends a message as the ADMIN of the organization. If it is due, its batches are queued on return. */
  send(overrides: Partial<SendMessageInput>): Promise<Message>;
}

/** Settings of the mail server and of the worker. */
export interface TestMailSettings extends SmtpServerSettings {
  /** Maximum number of deliveries in flight per batch. */
  readonly window?: number;
  readonly timeouts?: SmtpTimeouts;
}

type MailTest = (mail: TestMail) => Promise<void>;

/** Declares a test of sending on both databases; asserts the invariants at its end. */
export function onEveryMail(name: string, test: MailTest, settings?: () => TestMailSettings): void {
  onEveryDatabase(name, ({ db }) => withMail(db, test, settings?.()));
}

/** Declares a test of sending on PostgreSQL only, because it needs several connections. */
export function onPostgresMail(
  name: string,
  test: MailTest,
  settings?: () => TestMailSettings,
): void {
  onPostgres(name, ({ db }) => withMail(db, test, settings?.()), { onError: () => {} });
}

/** Declares a test of sending on an embedded database whose connections may be lost. */
export function onEmbeddedMail(
  name: string,
  test: MailTest,
  settings?: () => TestMailSettings,
): void {
  onEmbedded(name, ({ db }) => withMail(db, test, settings?.()), { onError: () => {} });
}

async function withMail(
  db: Database,
  test: MailTest,
  { window, timeouts, ...settings }: TestMailSettings = {},
): Promise<void> {
  await openLedger(db);
  const services = { db, bus: createBus() };
  const organization = await createOrganization(db);
  const smtp = await startSmtpServer(settings);
  const channel = openSmtpChannel(parseSmtpUrl(smtp.url), {
    from: "Waybill <noreply@example.com>",
    timeouts,
  });
  const startWorker = () => startMailWorker(services, { channel, window });
  const worker = await startWorker();
  try {
    await test({
      db,
      services,
      organization,
      worker,
      smtp,
      channel,
      startWorker,
      async send(overrides) {
        const input = messageInput(overrides);
        const { message } = await sendMessage(services, organization.admin, input);
        if (message.status === "PLANNING") {
          worker.start(await worker.claim());
          await worker.untilIdle();
        }
        return message;
      },
    });
    await worker.untilIdle();
    await assertJobsHold(db);
    await assertDeliveriesHold(db, arrivals(smtp));
  } finally {
    await channel.close();
    await smtp.close();
    await services.bus.close();
  }
}

/** Number of mails received for each delivery, by its TypeID. */
export function arrivals({ received }: Pick<SmtpTestServer, "received">): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { deliveryId } of received) {
    const id = deliveryId ?? "a mail without X-Waybill-Delivery";
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}
