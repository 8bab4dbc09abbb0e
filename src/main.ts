import { Command, InvalidArgumentError } from "commander";
import { migrateDatabase } from "./app/migrate.ts";
import { serve } from "./app/serve.ts";
import { configure, isOperatorError } from "./app/start.ts";
import { UNRECORDED_EXIT_CODE } from "./app/stop_signal.ts";
import { runWorker } from "./app/worker.ts";
import { addClientCommands } from "./cli/client_commands.ts";
import { CommandError, EXIT } from "./cli/exit.ts";
import { ConfigError } from "./config/config.ts";

interface ServeFlags {
  readonly host?: string;
  readonly port?: number;
  readonly worker: boolean;
  readonly held: boolean;
}

interface WorkerFlags {
  readonly port?: number;
  readonly held: boolean;
}

const HELD = [
  "--held",
  "start on hold: all processes send nothing until the mutation releaseHold",
  false,
] as const;

let recorded = true;
const program = new Command("waybill")
  // Invalid arguments have another exit code than a command that failed.
  .exitOverride(({ exitCode }) => Deno.exit(exitCode === 0 ? 0 : EXIT.usage))
  .description("Durable message deliveries and background jobs behind one GraphQL endpoint")
  .addHelpText("after", "\nSettings are environment variables; README.md lists them.");
program.command("serve", { isDefault: true })
  .description("serve requests and run jobs; also without a command")
  .option("--host <host>", "address to listen on (HOST)")
  .option("--port <port>", "port to listen on (PORT)", toPort)
  .option("--no-worker", "serve requests only; `waybill worker` runs the jobs")
  .option(...HELD)
  // The default command receives an unknown command as its argument.
  .allowExcessArguments()
  .action(async (flags: ServeFlags, command: Command) => {
    const [argument] = command.args;
    if (argument !== undefined) {
      command.error(
        `error: unknown command or argument '${argument}'\n\`waybill --help\` lists the commands.`,
      );
    }
    recorded = await serve(await configure(flags), flags);
  });
program.command("worker")
  .description("run jobs only")
  .option(
    "--port <port>",
    "port of /healthz, /readyz and /metrics; without it they are served if WORKER_PROBES=true",
    toPort,
  )
  .option(...HELD)
  .action(async ({ port, held }: WorkerFlags) => {
    const config = await configure();
    recorded = await runWorker(config, port ?? (config.workerProbes ? config.port : null), held);
  });
program.command("migrate")
  .description("apply pending migrations and exit")
  .action(async () => migrateDatabase(await configure()));
addClientCommands(program);

function toPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError("expected a number from 0 to 65535");
}

try {
  await program.parseAsync(["deno", "waybill", ...Deno.args]);
} catch (error) {
  // deno-lint-ignore no-console
  console.error(isOperatorError(error) || error instanceof CommandError ? error.message : error);
  Deno.exit(exitCodeOf(error));
}
Deno.exit(recorded ? Deno.exitCode : UNRECORDED_EXIT_CODE);

function exitCodeOf(error: unknown): number {
  if (error instanceof CommandError) return error.exitCode;
  return error instanceof ConfigError ? EXIT.usage : EXIT.failed;
}
