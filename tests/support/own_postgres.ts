import { join } from "node:path";
import pg from "pg";
import { freePort, giveToServers, outputOf, serverUser, startServer } from "./server_program.ts";
import { until } from "./until.ts";

/** A PostgreSQL server of one test; it is stopped and deleted at the end of its scope. */
export interface OwnPostgres extends AsyncDisposable {
  /** DATABASE_URL of its database "postgres"; it stays the same after a restart. */
  readonly url: string;
  /** Directory of its data. */
  readonly directory: string;
  /** Starts it again after `stop`. Resolves when it accepts connections. */
  start(): Promise<void>;
  /** Stops it. "immediate" is a crash: it ends without a checkpoint, and recovers at the next start. */
  stop(mode?: StopMode): Promise<void>;
  restart(mode?: StopMode): Promise<void>;
  /** Stops all its processes by SIGSTOP: nothing answers, and no connection is closed. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
}

type StopMode = keyof typeof STOP_SIGNALS;

const STOP_SIGNALS = { smart: "SIGTERM", fast: "SIGINT", immediate: "SIGQUIT" } as const;
// A crash of the server loses nothing without fsync; only a crash of the machine does.
const SETTINGS = { fsync: "off", unix_socket_directories: "", listen_addresses: "127.0.0.1" };

/**
 * Declares a test with a PostgreSQL server of its own. Without an installed server, the test is ignored
 * with the reason in its name; in CI it fails.
 *
 * @param settings of postgresql.conf
 */
export function onOwnPostgres(
  name: string,
  test: (server: OwnPostgres, step: Deno.TestContext) => Promise<void>,
  settings: Readonly<Record<string, string>> = {},
): void {
  const label = `${name} [own postgres]`;
  if (binaries === null && Deno.env.get("CI") !== "true") {
    return Deno.test.ignore(`${label} (the server of PostgreSQL is not installed)`, () => {});
  }
  Deno.test(label, async (step) => {
    await using server = await startOwnPostgres(settings);
    await test(server, step);
  });
}

/**
 * Creates and starts a PostgreSQL server on a free port of 127.0.0.1, with the user "postgres" and without
 * a password.
 *
 * @param settings of postgresql.conf
 */
export async function startOwnPostgres(
  settings: Readonly<Record<string, string>> = {},
): Promise<OwnPostgres> {
  if (binaries === null) throw new Error("The server of PostgreSQL is not installed");
  const directory = await createCluster(binaries);
  const port = freePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const flags = Object.entries({ ...SETTINGS, ...settings, port: String(port) })
    .flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const postmaster = join(binaries, "postgres");
  let running: Deno.ChildProcess | null = null;
  let frozen: number[] = [];

  const start = async () => {
    const process = await startServer(postmaster, ["-D", directory, ...flags]);
    running = process;
    let exitCode: number | null = null;
    process.status.then(({ code }) => exitCode = code);
    await until("the own PostgreSQL accepts connections", () => {
      if (exitCode !== null) {
        throw new Error(`PostgreSQL exited at its start with code ${exitCode}`);
      }
      return accepts(url);
    });
  };
  const stop = async (mode: StopMode = "fast") => {
    running?.kill(STOP_SIGNALS[mode]);
    await running?.status;
    running = null;
  };
  const thaw = () => {
    for (const pid of frozen) signal(pid, "SIGCONT");
    frozen = [];
    return Promise.resolve();
  };
  const server: OwnPostgres = {
    url,
    directory,
    start,
    stop,
    async restart(mode) {
      await stop(mode);
      await start();
    },
    async freeze() {
      if (!running) throw new Error("Cannot freeze PostgreSQL: it does not run");
      // The postmaster first, because afterwards it starts no more processes.
      signal(running.pid, "SIGSTOP");
      const children = await childrenOf(running.pid);
      frozen = [...children, running.pid];
      for (const pid of children) signal(pid, "SIGSTOP");
    },
    thaw,
    async [Symbol.asyncDispose]() {
      await thaw();
      await stop("immediate");
      await Deno.remove(directory, { recursive: true });
    },
  };
  await start().catch(async (error) => {
    await server[Symbol.asyncDispose]();
    throw error;
  });
  return server;
}

/** Directory of the programs of the server, or null. */
const binaries = await findBinaries();

async function findBinaries(): Promise<string | null> {
  const directories = [await outputOf("pg_config", ["--bindir"]).catch(() => "")];
  // Debian installs only the clients into the path.
  for await (const { name } of entriesOf("/usr/lib/postgresql")) {
    directories.push(`/usr/lib/postgresql/${name}/bin`);
  }
  for (const directory of directories) {
    if (directory && await Deno.stat(join(directory, "initdb")).catch(() => null)) return directory;
  }
  return null;
}

async function* entriesOf(directory: string): AsyncGenerator<Deno.DirEntry> {
  try {
    yield* Deno.readDir(directory);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function createCluster(binaries: string): Promise<string> {
  const directory = await Deno.makeTempDir({ prefix: "waybill-postgres-" });
  await giveToServers(directory);
  const options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"];
  const args = [...options, "--no-sync", `--pgdata=${directory}`];
  await outputOf(join(binaries, "initdb"), args, await serverUser());
  return directory;
}

async function accepts(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on("error", () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}

async function childrenOf(pid: number): Promise<number[]> {
  // Without a child, ps fails.
  const output = await outputOf("ps", ["-o", "pid=", "--ppid", String(pid)]).catch(() => "");
  return output.split(/\s+/).filter((part) => part !== "").map(Number);
}

function signal(pid: number, name: Deno.Signal): void {
  try {
    Deno.kill(pid, name);
  } catch (error) {
    // The process has ended in the meantime.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
