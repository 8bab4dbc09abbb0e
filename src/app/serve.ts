import { schema } from "../../schema/schema.ts";
import type { Config } from "../config/config.ts";
import { createImageCodec } from "../images/image_codec.ts";
import { ensureOperator } from "../domain/access/operator.ts";
import { importContacts } from "../server/imports/contacts.ts";
import { importEmails } from "../server/imports/emails.ts";
import { importRecipients } from "../server/imports/recipients.ts";
import { importSuppressions } from "../server/imports/suppressions.ts";
import { watchEventLoop } from "../server/ops/event_loop.ts";
import { createQuoteImages } from "../server/quote_images.ts";
import { startServer } from "../server/server.ts";
import { startConfiguredBackground } from "./background.ts";
import { startHoldWatch } from "./hold_watch.ts";
import { checkAddress, listen } from "./listen.ts";
import { fallBackStuck } from "../domain/inbox/fall_back_stuck.ts";
import { endStep, STOP } from "../domain/stop.ts";
import { every } from "../queue/every.ts";
import { closeServices, healthOf, openServices } from "./services.ts";
import { storedMetrics } from "./stored_metrics.ts";
import { shareBackground } from "./tick_workers.ts";
import { watchStopSignals } from "./stop_signal.ts";

const FALL_BACK_MS = 5_000;

/** Flags of the command `serve`. */
export interface ServeOptions {
  /** Whether the process runs jobs, too. */
  readonly worker: boolean;
  /** Whether to put the installation on hold. */
  readonly held: boolean;
}

/**
 * Serves requests until a stop signal.
 *
 * @throws {ListenError} before anything is stored or printed if the address is in use
 * @returns false if results of deliveries or jobs could not be recorded at the stop
 */
export async function serve(config: Config, { worker, held }: ServeOptions): Promise<boolean> {
  const { host, port } = config;
  checkAddress(host, port);
  const watching = watchStopSignals();
  const opened = await openServices(config);
  const { services } = opened;
  const holdWatch = await startHoldWatch(opened, config, held);
  const secret = await ensureOperator(services, config.adminApiKey, config.mail.adminEmail);
  // Printed before the next steps, which may fail: only the hash of the key is stored.
  if (secret) {
    print([
      `Operator API key (shown once): ${secret}`,
      "Store it, and send it with each request: Authorization: Bearer <key>",
    ]);
  }
  const stopSignal = watching();
  const eventLoop = watchEventLoop();
  const startBackground = () => startConfiguredBackground(opened, config, eventLoop.takeLongestMs);
  // Without workers, too: then the suggestions are those of the template.
  const fallingBack = every(
    FALL_BACK_MS,
    "Completing suggestions that no worker writes",
    () => fallBackStuck(services),
  );
  const background = worker ? await startBackground() : null;
  const server = await listen(`${host}, port ${port}`, background, () =>
    startServer({
      host,
      port,
      services,
      schema,
      jwt: config.jwt,
      health: {
        ...healthOf(services),
        ...background?.health,
        sending: holdWatch.sending,
      },
      metrics: { stored: storedMetrics(services), eventLoop, meter: opened.meter },
      metricsToken: config.metricsToken,
      imports: {
        contacts: (request, caller) => importContacts(services, request, caller),
        emails: (request, caller) => importEmails(services, request, caller),
        recipients: (request, caller) => importRecipients(services, request, caller),
        suppressions: (request, caller) => importSuppressions(services, request, caller),
      },
      quoteImages: createQuoteImages(services, createImageCodec()),
      webhooks: config.webhooks,
      cronSecret: config.cronSecret,
      startWorkers: worker ? null : shareBackground(startBackground),
      dashboard: new URL("../../dashboard/dist/", import.meta.url),
    }));
  printStart(config, server.address, secret);
  await stopSignal;
  const stoppedAt = performance.now();
  // Order matters: stop accepting, drain running jobs, close the database.
  const [recorded = true] = await Promise.all([
    background?.stop(),
    endStep("Ending the requests", stoppedAt + STOP.recorded, server.shutdown()),
  ]);
  await endStep(
    "Ending the task for suggestions",
    stoppedAt + STOP.disconnected,
    fallingBack.stop(),
  );
  await endStep("Ending the check for a restore", stoppedAt + STOP.disconnected, holdWatch.stop());
  await closeServices(services, stoppedAt);
  return recorded;
}

function printStart(
  { database, dataDir, mail, model }: Config,
  address: string,
  secret: string | null,
) {
  print([
    `Waybill is ready at ${address}/graphql`,
    // Browsers do not send the fragment of an address, so the key enters no log.
    `Dashboard: ${address}/${secret && database.url === null ? `#key=${secret}` : ""}`,
    database.url === null
      ? `DATABASE_URL is not set; the embedded database is in ${dataDir}/database`
      : "",
    mail.providers.length === 0
      ? `SMTP_URLS is not set; mail is captured to files in ${dataDir}/mail`
      : "",
    model === null ? "OPENAI_API_KEY is not set; jobs that need a language model fail" : "",
  ]);
}

function print(lines: readonly string[]): void {
  // deno-lint-ignore no-console
  console.log(lines.filter((line) => line !== "").join("\n"));
}
