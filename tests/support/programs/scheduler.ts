// Fires the due schedules of DATABASE_URL, as every worker does, until it is killed.
import { openDatabase } from "../../../src/db/database.ts";
import { createBus } from "../../../src/events/bus.ts";
import { startSchedule } from "../../../src/queue/schedule.ts";

const connectionString = Deno.env.get("DATABASE_URL");
const db = openDatabase({
  connection: { connectionString },
  size: 2,
  embedded: false,
  onError: () => {},
});
startSchedule({ db, bus: createBus() });
// deno-lint-ignore no-console
console.log("ready");
