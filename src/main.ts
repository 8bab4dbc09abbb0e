import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { getLogger } from "@logtape/logtape";
import deno from "../deno.json" with { type: "json" };
import { schema } from "../schema/schema.ts";
import { openCaptureChannel } from "./channels/capture.ts";
import { MESSENGER, openMessengerChannel } from "./channels/messenger/messenger.ts";
import { openSmtpChannel } from "./channels/email/smtp.ts";
import { type Config, ConfigError, readConfig } from "./config/config.ts";
import { type Database, statement } from "./db/database.ts";
import { EmbeddedDatabaseError, openEmbeddedDatabase } from "./db/embedded.ts";
import { migrate, MigrationError } from "./db/migrate.ts";
import { DatabaseUnavailableError, openRemoteDatabase } from "./db/remote.ts";
import { ensureOperator } from "./domain/access/operations.ts";
import type { MessageChannel } from "./domain/channel.ts";
import { readTotals } from "./domain/deliveries/stats.ts";
import { readDepths } from "./domain/jobs/queries.ts";
import { readKeyFile } from "./domain/key_file.ts";
import { registerProviders } from "./domain/providers/register.ts";
import type { Services } from "./domain/services.ts";
import { createVault } from "./domain/vault.ts";
import { createBus } from "./events/bus.ts";
import { postgresTransport } from "./events/postgres.ts";
import { handleImport } from "./server/imports/import.ts";
import { configureLogging } from "./server/ops/logging.ts";
import type { HealthCheck } from "./server/ops/health.ts";
import type { Figures } from "./server/ops/metrics.ts";
import { startProbes } from "./server/ops/probes.ts";
import { startServer } from "./server/server.ts";
import type { ConfiguredProvider } from "./sending/live_provider.ts";
import { startWork, type Work } from "./app/background.ts";

const log = getLogger(["waybill"]);

const PING = statement<[], { one: number }>("health.ping", "select 1 as one");

async function serve(config: Config, withWorker: boolean): Promise<void> {
  const { services, migrated } = await openServices(config);
  const secret = await ensureOperator(services, config.adminApiKey);
  // At once: it is kept nowhere, and what follows may fail.
  if (secret) tell([`The operator's API key, shown this once: ${secret}`]);
  const worker = withWorker ? await startConfiguredWork(services, config) : null;
  const { host, port } = config;
  const server = await listen(`${host}, port ${port}`, worker, () =>
    startServer({
      host,
      port,
      services,
      schema,
      jwt: config.jwt,
      health: { ...healthOf(services), ...worker?.health },
      figures: figuresOf(services),
      importRecipients: (request, caller) => handleImport(services, request, caller),
      webhooks: config.webhooks,
    }));
  greet(config, server.address, secret !== null && migrated.length > 0);
  await untilTold();
  // First nobody new comes in, then what runs ends, then the ground goes.
  await Promise.all([server.shutdown(), worker?.stop()]);
  await closeServices(services);
}

async function work(config: Config, port: number | null): Promise<void> {
  const { services } = await openServices(config);
  const worker = await startConfiguredWork(services, config);
  const health = { ...healthOf(services), ...worker.health };
  const figures = figuresOf(services);
  const probes = port === null
    ? null
    : await listen(`${config.host}, port ${port}`, worker, () =>
      startProbes({ host: config.host, port, services, health, figures }));
  log.info("The worker has started");
  await untilTold();
  await Promise.all([probes?.(), worker.stop()]);
  await closeServices(services);
}

async function listen<T>(where: string, worker: Work | null, start: () => T): Promise<T> {
  try {
    return start();
  } catch (cause) {
    // Else what it has begun to send would have to be called UNKNOWN.
    await worker?.stop();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ListenError(`Cannot listen at ${where}: ${reason}; see HOST and PORT`, { cause });
  }
}

async function openServices(
  config: Config,
): Promise<{ services: Services; migrated: readonly string[] }> {
  const db = await openConfiguredDatabase(config);
  const migrated = await migrate(db);
  for (const name of migrated) log.info("Applied migration {name}", { name });
  const onBusError = (error: unknown) => log.error("The event bus lost its connection", { error });
  const bus = createBus(
    db.embedded ? undefined : postgresTransport(() => db.dedicated(), onBusError),
  );
  const { secretKey, dataDir, variables } = config;
  const providers = await registerProviders({ db }, providersOf(config));
  const services: Services = {
    db,
    bus,
    channels: channelsOf(config),
    vault: createVault(async () => secretKey ?? await readKeyFile(join(dataDir, "secret.key"))),
    settings: {
      version: deno.version,
      providerIds: providers.map(({ id }) => id),
      mailCaptured: config.mail.providers.length === 0,
      variables,
    },
  };
  return { services, migrated };
}

function openConfiguredDatabase({ database, dataDir }: Config): Promise<Database> {
  const onError = (error: Error) => log.warn("An idle connection died", { error });
  return database.url === null
    ? openEmbeddedDatabase(join(dataDir, "database"), onError)
    : openRemoteDatabase(database.url, database.poolSize, onError);
}

async function closeServices({ db, bus }: Services): Promise<void> {
  await bus.close();
  await db.close();
}

function startConfiguredWork(services: Services, config: Config): Promise<Work> {
  const { retention, dataDir, mail } = config;
  const hour = 60 * 60_000;
  return startWork(services, {
    providers: providersOf(config),
    capture: openCaptureChannel(dataDir, mail.from),
    publicUrl: publicUrlOf(config),
    retention: {
      completedMs: retention.completedJobsHours * hour,
      failedMs: retention.failedJobsDays * 24 * hour,
      deliveryDays: retention.deliveriesDays,
    },
  });
}

function publicUrlOf({ publicUrl, host, port }: Config): string {
  if (publicUrl !== null) return publicUrl;
  if (!/^(localhost|127\.[\d.]+|::1)$/.test(host)) {
    log.warn("PUBLIC_URL is missing: links to unsubscribe lead nowhere but to {host}", { host });
  }
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function channelsOf({ messenger }: Config): ReadonlySet<MessageChannel> {
  return new Set(messenger ? ["EMAIL", "MESSENGER"] : ["EMAIL"]);
}

/** Who takes messages, in order of preference. */
function providersOf({ mail: { providers, from }, messenger }: Config): ConfiguredProvider[] {
  const email = providers.map((provider): ConfiguredProvider => ({
    channel: "EMAIL",
    name: provider.name,
    perSecond: provider.perSecond,
    open(replaced) {
      const credentials = replaced && "user" in replaced ? replaced : provider.credentials;
      return openSmtpChannel({ ...provider, credentials }, { from });
    },
  }));
  if (!messenger) return email;
  return [...email, {
    channel: "MESSENGER",
    name: MESSENGER,
    perSecond: messenger.perSecond,
    open(replaced) {
      const { accessToken } = replaced && "accessToken" in replaced ? replaced : messenger;
      return openMessengerChannel({ ...messenger, accessToken });
    },
  }];
}

function healthOf({ db, bus }: Services): Readonly<Record<string, HealthCheck>> {
  return {
    database: async () => (await db.run(PING)).length === 1,
    bus: () => bus.healthy(),
  };
}

function figuresOf(services: Services): Figures {
  return { jobs: () => readDepths(services), deliveries: () => readTotals(services.db) };
}

function greet(config: Config, address: string, first: boolean): void {
  tell([
    `Waybill is ready at ${address}/graphql`,
    config.database.url === null
      ? `The embedded database and its files are in ${config.dataDir}`
      : "",
    config.mail.providers.length > 0
      ? ""
      : `Mail is captured to files in ${join(config.dataDir, "mail")}`,
    first ? "Keep the key; send it as: Authorization: Bearer <key>" : "",
  ]);
}

function tell(lines: readonly string[]): void {
  // deno-lint-ignore no-console
  console.log(lines.filter((line) => line !== "").join("\n"));
}

/** Resolves at the first SIGTERM or SIGINT; a second one ends the process at once. */
function untilTold(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let told = false;
  const onSignal = (signal: Deno.Signal) => {
    if (told) Deno.exit(130);
    told = true;
    log.info("Stopping after {signal}; once more stops at once", { signal });
    resolve();
  };
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  for (const signal of signals) Deno.addSignalListener(signal, () => onSignal(signal));
  return promise;
}

function toPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError("expected a number from 0 to 65535");
}

/** The address that requests would come to cannot be had. */
class ListenError extends Error {
  override readonly name = "ListenError";
}

/** What a person did wrong, or can mend: told without a stack. */
function isForPeople(error: unknown): error is Error {
  return error instanceof ConfigError || error instanceof MigrationError ||
    error instanceof EmbeddedDatabaseError || error instanceof DatabaseUnavailableError ||
    error instanceof ListenError;
}

interface ServeFlags {
  readonly host?: string;
  readonly port?: number;
  readonly worker: boolean;
}

/** The settings, with the log set up by them. */
async function configure(flags: Partial<ServeFlags> = {}): Promise<Config> {
  const config = readConfig();
  await configureLogging(config.log);
  return { ...config, host: flags.host ?? config.host, port: flags.port ?? config.port };
}

const program = new Command("waybill")
  .description("Durable AI jobs and message deliveries behind one GraphQL endpoint");
program.command("serve", { isDefault: true })
  .description("take requests and work on jobs")
  .option("--host <host>", "address to listen on (HOST)")
  .option("--port <port>", "port to listen on (PORT)", toPort)
  .option("--no-worker", "take requests only; `waybill worker` works on the jobs")
  .action(async (flags: ServeFlags) => serve(await configure(flags), flags.worker));
program.command("worker")
  .description("work on jobs, without taking requests")
  .option("--port <port>", "answer /healthz, /readyz and /metrics there", toPort)
  .action(async ({ port }: { port?: number }) => work(await configure(), port ?? null));
program.command("migrate")
  .description("bring the database to the newest migration, and end")
  .action(async () => {
    const { services } = await openServices(await configure());
    await closeServices(services);
  });

try {
  await program.parseAsync(["deno", "waybill", ...Deno.args]);
} catch (error) {
  // deno-lint-ignore no-console
  console.error(isForPeople(error) ? error.message : error);
  Deno.exit(error instanceof ConfigError ? 2 : 1);
}
Deno.exit(0);
