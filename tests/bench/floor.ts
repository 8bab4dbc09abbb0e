import { type Database, statement } from "../../src/db/database.ts";

// The minimal queue: a claim with SKIP LOCKED and a completion, without lease and history.
const CREATE = statement<[]>(
  "floor.create",
  `create table if not exists floor_jobs (id bigserial primary key, status text not null, payload jsonb)`,
);
const INDEX = statement<[]>(
  "floor.index",
  `create index if not exists floor_ready on floor_jobs (id) where status = 'QUEUED'`,
);
const ENQUEUE = statement<[payloads: string[]]>(
  "floor.enqueue",
  `insert into floor_jobs (status, payload) select 'QUEUED', p::jsonb from unnest($1::text[]) p`,
);
const CLAIM = statement<[limit: number], { id: number; payload: unknown }>(
  "floor.claim",
  `update floor_jobs set status = 'PROCESSING' where id = any(array(
     select id from floor_jobs where status = 'QUEUED' order by id limit $1 for update skip locked))
   returning id, payload`,
);
const COMPLETE = statement<[ids: number[]]>(
  "floor.complete",
  `update floor_jobs set status = 'COMPLETED' where id = any($1::bigint[])`,
);

/** The minimal queue on a table of its own. */
export const floor = {
  async create(db: Database): Promise<void> {
    await db.run(CREATE);
    await db.run(INDEX);
  },

  async enqueue(db: Database, payloads: string[]): Promise<void> {
    await db.run(ENQUEUE, payloads);
  },

  /** Claims and completes `size` jobs at a time, in `loops` concurrent loops, until none is left. */
  async drain(db: Database, size: number, loops: number): Promise<void> {
    await Promise.all(Array.from({ length: loops }, async () => {
      while (true) {
        const jobs = await db.run(CLAIM, size);
        if (jobs.length === 0) return;
        await db.run(COMPLETE, jobs.map(({ id }) => id));
      }
    }));
  },

  /** Claims jobs as they are enqueued; `wake` resolves when there may be one. */
  async follow(
    db: Database,
    wake: () => Promise<void>,
    started: (payload: unknown) => void,
    count: number,
  ): Promise<void> {
    for (let claimed = 0; claimed < count;) {
      const jobs = await db.run(CLAIM, 10);
      for (const { payload } of jobs) started(payload);
      if (jobs.length > 0) await db.run(COMPLETE, jobs.map(({ id }) => id));
      else await wake();
      claimed += jobs.length;
    }
  },
};
