import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("./programs/scheduler.ts", import.meta.url));

/** Processes that fire schedules; killed at the end of their scope. */
export interface Schedulers extends AsyncDisposable {
  /** Kills all processes by SIGKILL. */
  kill(): Promise<void>;
}

/** Starts processes that fire the schedules of a database. Resolves when all of them run. */
export async function startSchedulers(url: string, count: number): Promise<Schedulers> {
  const processes = Array.from({ length: count }, () =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "-A", "--no-check", PROGRAM],
      env: { DATABASE_URL: url },
      stdout: "piped",
    }).spawn());
  const kill = async () => {
    for (const process of processes.splice(0)) {
      process.kill("SIGKILL");
      await process.status;
    }
  };
  await Promise.all(processes.map(async ({ stdout }) => {
    const reader = stdout.getReader();
    await reader.read();
    await reader.cancel();
  }));
  return { kill, [Symbol.asyncDispose]: kill };
}
