import { join } from "node:path";
import { schema } from "../../schema/schema.ts";
import type { Config } from "../config/config.ts";
import { ensureOperator } from "../domain/access/operator.ts";
import { handleImport } from "../server/imports/import.ts";
import { startServer } from "../server/server.ts";
import { startConfiguredBackground } from "./background.ts";
import { listen } from "./listen.ts";
import { closeServices, healthOf, metricsSourceOf, openServices } from "./services.ts";
import { untilStopSignal } from "./stop_signal.ts";

/** Serves requests, and runs jobs unless `withWorker` is false, until a stop signal. */
export async function serve(config: Config, withWorker: boolean): Promise<void> {
  const opened = await openServices(config);
  const { services, migrated } = opened;
  const secret = await ensureOperator(services, config.adminApiKey);
  // Printed before the next steps, which may fail: only the hash of the key is stored.
  if (secret) print([`Operator API key (shown once): ${secret}`]);
  const background = withWorker ? await startConfiguredBackground(opened, config) : null;
  const { host, port } = config;
  const server = await listen(`${host}, port ${port}`, background, () =>
    startServer({
      host,
      port,
      services,
      schema,
      jwt: config.jwt,
      health: { ...healthOf(services), ...background?.health },
      metricsSource: metricsSourceOf(services),
      importRecipients: (request, caller) => handleImport(services, request, caller),
      webhooks: config.webhooks,
    }));
  printStart(config, server.address, secret !== null && migrated.length > 0);
  await untilStopSignal();
  // Order matters: stop accepting, drain running jobs, close the database.
  await Promise.all([server.shutdown(), background?.stop()]);
  await closeServices(services);
}

function printStart(config: Config, address: string, firstStart: boolean): void {
  print([
    `Waybill is ready at ${address}/graphql`,
    config.database.url === null ? `Embedded database: ${config.dataDir}` : "",
    config.mail.providers.length > 0
      ? ""
      : `SMTP_URLS is not set; mail is captured to files in ${join(config.dataDir, "mail")}`,
    firstStart ? "Store the key, and send it with each request: Authorization: Bearer <key>" : "",
  ]);
}

function print(lines: readonly string[]): void {
  // deno-lint-ignore no-console
  console.log(lines.filter((line) => line !== "").join("\n"));
}
