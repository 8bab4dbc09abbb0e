// The statements that ten processes with 1,000 schedules cause, counted by pg_stat_statements on a server of its own,
// and the delay of the ticks. Every schedule ticks once a minute. The argument is the duration in seconds.
import { openDatabase, statement } from "../../src/db/database.ts";
import { migrate } from "../../src/db/migrate.ts";
import { createSchedule } from "../../src/domain/schedules/create.ts";
import { createBus } from "../../src/events/bus.ts";
import { createOrganization } from "../support/callers.ts";
import { startOwnPostgres } from "../support/own_postgres.ts";
import { startSchedulers } from "../support/schedulers.ts";
import { report } from "./report.ts";

const SECONDS = Number(Deno.args[0] ?? 120);
const SCHEDULES = 1_000;
const PROCESSES = 10;
const LIMIT = 20;

const EXTENSION = statement<[]>("bench.extension", "create extension pg_stat_statements");
const RESET = statement<[]>("bench.reset", "select pg_stat_statements_reset()");
// Begin and commit count, too: nothing else uses this server.
const CALLS = statement<[], { label: string; calls: number; ms: number }>(
  "bench.calls",
  `select coalesce(substring(query from '/\\* (\\S+) \\*/'), query) as label, sum(calls)::int8 as calls,
     sum(total_exec_time)::float8 as ms
   from pg_stat_statements where query not like '%bench.%' group by 1 order by 2 desc`,
);
const FIRES = statement<[], { fires: number; late: number; skipped: number }>(
  "bench.fires",
  `select count(*) as fires, extract(epoch from max(fired_at - nominal_at))::float8 as late,
     count(*) filter (where outcome = 'SKIPPED') as skipped from schedule_fires`,
);

await using postgres = await startOwnPostgres({ shared_preload_libraries: "pg_stat_statements" });
const db = openDatabase({
  connection: { connectionString: postgres.url },
  size: 2,
  embedded: false,
  onError: () => {},
});
await migrate(db);
await db.run(EXTENSION);
const { admin } = await createOrganization(db);
for (let n = 0; n < SCHEDULES; n++) {
  await createSchedule({ db, bus: createBus() }, admin, {
    name: `schedule ${n}`,
    kind: "CLEANUP",
    payload: {},
    cron: "* * * * *",
    timezone: "UTC",
    enabled: true,
  });
}
await using schedulers = await startSchedulers(postgres.url, PROCESSES);
await db.run(RESET);
await new Promise((resolve) => setTimeout(resolve, SECONDS * 1_000));
const calls = await db.run(CALLS);
await schedulers.kill();
const [fires] = await db.run(FIRES);
const total = calls.reduce((sum, call) => sum + call.calls, 0);
for (const { label, calls: n, ms } of calls) {
  report(label.slice(0, 50), `${n} calls, ${(ms / n).toFixed(2)} ms each`);
}
report(
  `statements of ${PROCESSES} processes with ${SCHEDULES} schedules`,
  `${(total / SECONDS).toFixed(1)}/s`,
);
report("fires; the latest of them after its tick", `${fires?.fires}; ${fires?.late.toFixed(1)} s`);
await db.close();
if (total / SECONDS >= LIMIT) throw new Error(`More than ${LIMIT} statements a second`);
