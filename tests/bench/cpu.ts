// Processor time of a `serve` process and of its database.
import { statement } from "../../src/db/database.ts";
import type { Bench } from "./small_messages.ts";

const TICKS_PER_SECOND = 100;

const BACKENDS = statement<[], { pid: number }>(
  "bench.backends",
  "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
);

/** Seconds of processor time that the program and its database have used. */
export async function cpuSeconds(
  { services, target }: Pick<Bench, "services" | "target">,
): Promise<{ readonly own: number; readonly database: number }> {
  const backends = await services.db.run(BACKENDS);
  const database = await Promise.all(backends.map(({ pid }) => cpuOf(pid)));
  return {
    own: await cpuOf(target.process.pid),
    database: database.reduce((sum, seconds) => sum + seconds, 0),
  };
}

async function cpuOf(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  const [user, system] = stat.slice(stat.lastIndexOf(")")).split(" ").slice(12, 14);
  return (Number(user) + Number(system)) / TICKS_PER_SECOND;
}
