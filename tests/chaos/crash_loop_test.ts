// All workers live for seconds only: they still rescue the jobs of those that died before.
import { addJobs, readJobs } from "../support/jobs.ts";
import { onPostgresQueue } from "../support/queue.ts";
import { sleep, until } from "../support/until.ts";
import { createEffects, readEffects, startWorkerProcess } from "../support/worker_process.ts";

const LIFE_MS = 3_000;
// More would use up the connections of the database on a fast machine.
const MAX_LIVING = 4;
const RESCUE_MS = 30_000;
const LONG_MS = 60_000;

onPostgresQueue(
  "workers that live for 3 s rescue the jobs of a dead one within 30 s",
  async (queue) => {
    const { db, url, organization } = queue;
    await createEffects(db);
    const ids = await addJobs(db, organization.id, 3, { payload: { end: "done", ms: LONG_MS } });
    await using processes = new AsyncDisposableStack();
    const start = async () => processes.use(await startWorkerProcess(db, url));

    const first = await start();
    await until("the jobs run", async () => (await readEffects(db)).length === ids.length);
    await first.signal("SIGKILL");
    let rescued = false;
    const crashing = (async () => {
      const deaths: Promise<void>[] = [];
      while (!rescued) {
        const process = await start();
        deaths.push(sleep(LIFE_MS).then(() => process.signal("SIGKILL")));
        if (deaths.length === MAX_LIVING) await deaths.shift();
      }
      await Promise.all(deaths);
    })();
    try {
      await until("the jobs are rescued", async () => {
        const jobs = await readJobs(db, ids);
        return jobs.every(({ crashes }) => crashes >= 1);
      }, RESCUE_MS);
    } finally {
      rescued = true;
      await crashing;
    }
  },
);
