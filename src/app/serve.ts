import { join } from "node:path";
import { schema } from "../../schema/schema.ts";
import type { Config } from "../config/config.ts";
import { ensureOperator } from "../domain/access/operator.ts";
import { handleImport } from "../server/imports/import.ts";
import { startServer } from "../server/server.ts";
import { startConfiguredBackground } from "./background.ts";
import { listen } from "./listen.ts";
import { closeServices, figuresOf, healthOf, openServices } from "./services.ts";
import { untilStopSignal } from "./stop_signal.ts";

/** Takes requests, and runs jobs unless `withWorker` is false, until the process is told to stop. */
export async function serve(config: Config, withWorker: boolean): Promise<void> {
  const opened = await openServices(config);
  const { services, migrated } = opened;
  const secret = await ensureOperator(services, config.adminApiKey);
  // Printed at once: only its hash is kept, and the steps below may fail.
  if (secret) print([`The operator's API key, shown this once: ${secret}`]);
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
      figures: figuresOf(services),
      importRecipients: (request, caller) => handleImport(services, request, caller),
      webhooks: config.webhooks,
    }));
  greet(config, server.address, secret !== null && migrated.length > 0);
  await untilStopSignal();
  // Order matters: stop accepting, drain running jobs, close the database.
  await Promise.all([server.shutdown(), background?.stop()]);
  await closeServices(services);
}

function greet(config: Config, address: string, first: boolean): void {
  print([
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

function print(lines: readonly string[]): void {
  // deno-lint-ignore no-console
  console.log(lines.filter((line) => line !== "").join("\n"));
}
