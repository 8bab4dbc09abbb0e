import { join } from "node:path";
import { onPostgres, type PostgresTestDatabase } from "./database.ts";
import { freePort, giveToServers, outputOf, startServer } from "./server_program.ts";
import { until } from "./until.ts";

/** A PgBouncer of one test; it is stopped at the end of its scope. */
export interface PgBouncer extends AsyncDisposable {
  /** URL of the database through PgBouncer. */
  readonly url: string;
}

/** Declares a test on PostgreSQL, which is ignored where PgBouncer is not installed; in CI it fails there. */
export function withPgBouncer(
  name: string,
  test: (database: PostgresTestDatabase) => Promise<void>,
): void {
  if (installed || Deno.env.get("CI") === "true") return onPostgres(name, test);
  Deno.test.ignore(`${name} (PgBouncer is not installed)`, () => {});
}

/**
 * Starts a PgBouncer in front of a database.
 *
 * @param settings of its section [pgbouncer]
 */
export async function startPgBouncer(
  databaseUrl: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<PgBouncer> {
  const directory = await Deno.makeTempDir({ prefix: "waybill-pgbouncer-" });
  const { hostname, port, username, password, pathname } = new URL(databaseUrl);
  const server = { host: hostname, port: port || "5432", user: username, password };
  const connection = Object.entries(server).filter(([, value]) => value !== "")
    .map(([key, value]) => `${key}=${value}`).join(" ");
  const ownPort = freePort();
  const all = {
    listen_addr: "127.0.0.1",
    listen_port: String(ownPort),
    unix_socket_dir: "",
    auth_type: "any",
    pool_mode: "transaction",
    ...settings,
  };
  const lines = Object.entries(all).map(([key, value]) => `${key} = ${value}`);
  const file = join(directory, "pgbouncer.ini");
  await Deno.writeTextFile(
    file,
    ["[databases]", `* = ${connection}`, "[pgbouncer]", ...lines].join("\n"),
  );
  await giveToServers(directory);
  const process = await startServer(PROGRAM, [file]);
  await until("PgBouncer listens", () => listens(ownPort));
  return {
    url: `postgres://${username}@127.0.0.1:${ownPort}${pathname}`,
    async [Symbol.asyncDispose]() {
      process.kill("SIGINT");
      await process.status;
      await Deno.remove(directory, { recursive: true });
    },
  };
}

// Debian installs it into a directory that is not in the path of every user.
const PROGRAM = "/usr/sbin/pgbouncer";
const installed = await outputOf(PROGRAM, ["--version"]).then(() => true, () => false);

async function listens(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return false;
    throw error;
  }
}
