import { type Config, ConfigError, readConfig } from "../config/config.ts";
import { EmbeddedDatabaseError } from "../db/embedded_worker.ts";
import { MigrationError } from "../db/migration.ts";
import { DatabaseUnavailableError } from "../db/remote.ts";
import { ListenError } from "./listen.ts";
import { configureLogging } from "./logging.ts";
import { restrictFiles } from "./private_files.ts";
import { prepareStackTraces } from "./stack_traces.ts";

/**
 * Reads the settings, configures the log accordingly, and makes the files of this process private.
 *
 * @param flags values of the command line, which take precedence
 * @throws {ConfigError}
 */
export async function configure(
  flags: { readonly host?: string; readonly port?: number } = {},
): Promise<Config> {
  const config = readConfig();
  prepareStackTraces();
  await configureLogging(config.log);
  await restrictFiles(config.dataDir);
  return { ...config, host: flags.host ?? config.host, port: flags.port ?? config.port };
}

/** True if the operator can fix the cause of an error. Such an error is printed without a stack trace. */
export function isOperatorError(error: unknown): error is Error {
  return error instanceof ConfigError || error instanceof MigrationError ||
    error instanceof EmbeddedDatabaseError || error instanceof DatabaseUnavailableError ||
    error instanceof ListenError;
}
