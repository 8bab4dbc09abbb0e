import { openCaptureChannel } from "../../src/channels/capture.ts";
import { openSmtpChannel } from "../../src/channels/email/smtp.ts";
import { parseSmtpUrl } from "../../src/channels/email/smtp_url.ts";
import type { Database } from "../../src/db/database.ts";
import type { SendMessageInput } from "../../src/domain/messages/input.ts";
import type { Message } from "../../src/domain/messages/message.ts";
import { sendMessage } from "../../src/domain/messages/send.ts";
import type { ProviderState } from "../../src/domain/providers/provider.ts";
import { registerProviders } from "../../src/domain/providers/register.ts";
import type { Services } from "../../src/domain/services.ts";
import { createVault } from "../../src/domain/vault.ts";
import { createBus } from "../../src/events/bus.ts";
import {
  type ConfiguredProvider,
  registerConfigured,
} from "../../src/sending/configured_provider.ts";
import { openProviderPool, type ProviderPool } from "../../src/sending/provider_pool.ts";
import { createOrganization, type TestOrganization } from "./callers.ts";
import { onEveryDatabase } from "./database.ts";
import { assertDeliveriesHold } from "./delivery_ledger.ts";
import { assertJobsHold, openLedger } from "./ledger.ts";
import { arrivals } from "./mail.ts";
import { type MailWorker, startMailWorker } from "./mail_worker.ts";
import { messageInput } from "./messages.ts";
import { type SmtpServerSettings, type SmtpTestServer, startSmtpServer } from "./smtp.ts";

/** A worker that sends through several mail servers, in order of preference. */
export interface TestProviders {
  readonly db: Database;
  readonly services: Services;
  readonly organization: TestOrganization;
  readonly worker: MailWorker;
  readonly servers: readonly SmtpTestServer[];
  /** Another worker of the same process. */
  startWorker(): Promise<MailWorker>;
  /** Current states of the providers, in order of preference. */
  states(): Promise<ProviderState[]>;
  /** Reads the states of the providers again, after a test has changed their rows. */
  refresh(): Promise<void>;
  /** Sends a message as the organization's ADMIN. */
  send(overrides: Partial<SendMessageInput>): Promise<Message>;
}

/** Settings of a provider for a mail server. */
export function smtpProvider(url: string): ConfiguredProvider {
  const provider = parseSmtpUrl(url);
  return {
    channel: "EMAIL",
    name: provider.name,
    perSecond: provider.perSecond,
    open: (replaced) =>
      openSmtpChannel({
        ...provider,
        credentials: replaced && "user" in replaced ? replaced : provider.credentials,
      }, { from: "Waybill <noreply@example.com>" }),
  };
}

/** Registers and opens providers, as a process does at its start. */
export async function openPool(
  services: Services,
  configured: readonly ConfiguredProvider[],
): Promise<ProviderPool> {
  const registered = await registerConfigured(services, configured);
  const capture = openCaptureChannel("never written to", "noreply@example.com");
  return await openProviderPool(services, registered, { capture, batches: 2 });
}

/**
 * Declares a test of sending through several mail servers, on both databases. At its end it checks the
 * ledgers.
 *
 * @param settings of each server
 * @param options.window maximum number of deliveries in flight per batch
 */
export function onEveryProviders(
  name: string,
  settings: () => readonly SmtpServerSettings[],
  test: (providers: TestProviders) => Promise<void>,
  { window }: { readonly window?: number } = {},
): void {
  onEveryDatabase(name, async ({ db }) => {
    await openLedger(db);
    const services: Services = {
      db,
      bus: createBus(),
      vault: createVault(() => Promise.resolve("a secret of this test")),
    };
    const organization = await createOrganization(db);
    const servers = await Promise.all(settings().map((each) => startSmtpServer(each)));
    const configured = servers.map(({ url }) => smtpProvider(url));
    const pool = await openPool(services, configured);
    const channel = pool.slots.get("EMAIL")?.channel;
    if (!channel) throw new Error("A provider pool has a slot for EMAIL");
    const startWorker = () => startMailWorker(services, { channel, window });
    const worker = await startWorker();
    try {
      await test({
        db,
        services,
        organization,
        worker,
        servers,
        startWorker,
        states: () => registerProviders({ db }, configured),
        refresh: () => pool.refresh(),
        send: async (overrides) =>
          (await sendMessage(services, organization.admin, messageInput(overrides))).message,
      });
      await worker.untilIdle();
      await assertJobsHold(db);
      await assertDeliveriesHold(db, arrivals({ received: servers.flatMap((s) => s.received) }));
    } finally {
      await pool.close();
      await Promise.all(servers.map((server) => server.close()));
      await services.bus.close();
    }
  });
}
