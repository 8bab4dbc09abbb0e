import type { Channel } from "../../src/channels/channel.ts";
import { openSmtpChannel } from "../../src/channels/email/smtp.ts";
import { parseSmtpUrl } from "../../src/channels/email/smtp_url.ts";
import type { Database } from "../../src/db/database.ts";
import type { SendMessageInput } from "../../src/domain/messages/input.ts";
import type { Message } from "../../src/domain/messages/message.ts";
import { sendMessage } from "../../src/domain/messages/operations.ts";
import type { Services } from "../../src/domain/services.ts";
import { createBus } from "../../src/events/bus.ts";
import { createOrganization, type TestOrganization } from "./callers.ts";
import { onEveryDatabase, onPostgres } from "./database.ts";
import { assertDeliveriesHold } from "./delivery_ledger.ts";
import { assertJobsHold, openLedger } from "./ledger.ts";
import { type MailWorker, startMailWorker } from "./mail_worker.ts";
import { messageInput } from "./messages.ts";
import { type SmtpServerSettings, type SmtpTestServer, startSmtpServer } from "./smtp.ts";

/** A worker before a mail server, in a database of its own. */
export interface TestMail {
  readonly db: Database;
  readonly services: Services;
  readonly organization: TestOrganization;
  readonly worker: MailWorker;
  readonly smtp: SmtpTestServer;
  readonly channel: Channel;
  /** Another worker on the same channel. */
  startWorker(): Promise<MailWorker>;
  /** Sends a message as the organization's ADMIN and plans it, unless it is for later. */
  send(given: Partial<SendMessageInput>): Promise<Message>;
}

/** How the mail server behaves, and how the worker sends. */
export interface TestMailSettings extends SmtpServerSettings {
  /** Deliveries in flight per batch at most. */
  readonly window?: number;
}

type MailTest = (mail: TestMail) => Promise<void>;

/** Declares a test of sending on both databases; at its end the ledgers must hold. */
export function onEveryMail(name: string, test: MailTest, settings?: () => TestMailSettings): void {
  onEveryDatabase(name, ({ db }) => withMail(db, test, settings?.()));
}

/** Declares a test of sending on PostgreSQL alone: it takes more than one connection. */
export function onPostgresMail(
  name: string,
  test: MailTest,
  settings?: () => TestMailSettings,
): void {
  onPostgres(name, ({ db }) => withMail(db, test, settings?.()), { onError: () => {} });
}

async function withMail(
  db: Database,
  test: MailTest,
  { window, ...settings }: TestMailSettings = {},
): Promise<void> {
  await openLedger(db);
  const services = { db, bus: createBus() };
  const organization = await createOrganization(db);
  const smtp = await startSmtpServer(settings);
  const channel = openSmtpChannel(parseSmtpUrl(smtp.url), {
    from: "Waybill <noreply@example.com>",
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
      async send(given) {
        const input = messageInput(given);
        const { message } = await sendMessage(services, organization.admin, input);
        worker.start(await worker.claim());
        await worker.rest();
        return message;
      },
    });
    await worker.rest();
    await assertJobsHold(db);
    await assertDeliveriesHold(db, arrivals(smtp));
  } finally {
    await channel.close();
    await smtp.close();
    await services.bus.close();
  }
}

/** How often each delivery has arrived. */
export function arrivals({ received }: Pick<SmtpTestServer, "received">): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { deliveryId } of received) {
    const id = deliveryId ?? "a mail without X-Waybill-Delivery";
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}
