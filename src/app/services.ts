import { join } from "node:path";
import { getLogger } from "@logtape/logtape";
import deno from "../../deno.json" with { type: "json" };
import { refusalOfHost } from "../channels/webhook/refusal.ts";
import { parseSender } from "../channels/email/compose.ts";
import type { Config } from "../config/config.ts";
import type { Database } from "../db/database.ts";
import { openEmbeddedDatabase } from "../db/embedded.ts";
import { migrate } from "../db/migrate.ts";
import { openRemoteDatabase } from "../db/remote.ts";
import { checkWrites } from "../db/write_probe.ts";
import { readKeyFile } from "../domain/key_file.ts";
import type { Mailbox } from "../domain/mailbox.ts";
import type { Services } from "../domain/services.ts";
import { endStep, STOP } from "../domain/stop.ts";
import { openRendering } from "../domain/templates/pool.ts";
import { createVault } from "../domain/vault.ts";
import { createBus } from "../events/bus.ts";
import { postgresTransport } from "../events/postgres.ts";
import {
  registerConfigured,
  type Registered,
  type RegisteredProvider,
} from "../sending/configured_provider.ts";
import type { ConfiguredModel } from "../sending/live_model.ts";
import type { HealthCheck } from "../server/ops/health.ts";
import { createMeter, type ServedMeter } from "../server/ops/meter.ts";
import { configuredModel, configuredProviders } from "./providers.ts";

const log = getLogger(["waybill"]);

/** Opened services, the providers, and the names of the migrations that were applied. */
export interface OpenedServices {
  readonly services: Services;
  /** Configured providers, in order of preference. */
  readonly providers: readonly RegisteredProvider[];
  /** Null: no language model is configured. */
  readonly model: Registered<ConfiguredModel> | null;
  readonly migrated: readonly string[];
  /** Witness of the services, advanced by the watch for restores. */
  readonly witness: { number: number };
  /** Meter of the services, for /metrics. */
  readonly meter: ServedMeter;
}

/**
 * Opens the database, migrates it and connects the event bus.
 *
 * @throws {EmbeddedDatabaseError} @throws {DatabaseUnavailableError} @throws {MigrationError}
 */
export async function openServices(config: Config): Promise<OpenedServices> {
  const db = await openConfiguredDatabase(config);
  const migrated = await migrate(db);
  const last = migrated.at(-1);
  if (last) log.info("Applied {count} migrations up to {last}", { count: migrated.length, last });
  const onBusError = (error: unknown) =>
    log.error("Lost the connection of the event bus: {reason}; reconnecting", {
      reason: reasonOf(error),
    });
  const bus = createBus(
    db.embedded ? undefined : postgresTransport(() => db.dedicated(), onBusError),
  );
  const { secretKey, dataDir, variables } = config;
  const configured = configuredProviders(config);
  const providers = await registerConfigured({ db, bus }, configured);
  const configuredAi = await configuredModel(config);
  const [model = null] = await registerConfigured({ db, bus }, configuredAi ? [configuredAi] : []);
  const witness = { number: 0 };
  const meter = createMeter();
  const services: Services = {
    db,
    bus,
    witness,
    meter,
    mailFrom: mailboxOf(config.mail.from),
    model: configuredAi?.model ?? null,
    channels: new Set(configured.map(({ channel }) => channel)),
    vault: createVault(async () => secretKey ?? await readKeyFile(join(dataDir, "secret.key"))),
    rendering: openRendering(),
    ...!config.webhookAllowPrivate && { refusalOfHost },
    settings: {
      version: deno.version,
      providerIds: [...providers, ...model ? [model] : []].map(({ state }) => state.id),
      mailCaptured: config.mail.providers.length === 0,
      variables,
    },
  };
  return { services, providers, model, migrated, witness, meter };
}

function mailboxOf(from: string): Mailbox {
  const { address, name } = parseSender(from);
  return { address, name: name || null };
}

function openConfiguredDatabase({ database, dataDir }: Config): Promise<Database> {
  const onError = (error: Error) =>
    log.warn("Lost an idle database connection: {reason}", { reason: reasonOf(error) });
  return database.url === null
    ? openEmbeddedDatabase(join(dataDir, "database"), onError)
    : openRemoteDatabase({ ...database, url: database.url, size: database.poolSize, onError });
}

// The message only, because a lost connection is no fault of the program, which a stack trace would locate.
function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Closes the services of `openServices`.
 *
 * @param stoppedAt start of the stop, as `performance.now()`
 */
export async function closeServices(
  { db, bus, rendering }: Services,
  stoppedAt: number,
): Promise<void> {
  rendering?.close();
  await endStep("Closing the event bus", stoppedAt + STOP.disconnected, bus.close());
  await endStep("Closing the database", stoppedAt + STOP.closed, db.close());
}

/** Health checks of the database and the event bus, by the names that /readyz shows. */
export function healthOf(
  { db, bus }: Pick<Services, "db" | "bus">,
): Readonly<Record<string, HealthCheck>> {
  return {
    async database() {
      await checkWrites(db);
      return true;
    },
    bus: () => bus.healthy() || { reason: "The connection for events is lost; reconnecting" },
  };
}
