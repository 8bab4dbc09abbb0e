import { type Connection, statement } from "../../db/database.ts";
import { type Lane, LANES, SLOT_SIZE } from "./lane.ts";

/** Slots of a worker in one lane. */
export interface WorkerLane {
  readonly lane: Lane;
  /** 0: the lane is paused. */
  readonly concurrency: number;
  /** Number of slots in use, also if their jobs do not fill them. */
  readonly running: number;
}

/** A living worker. */
export interface WorkerState {
  readonly id: string;
  readonly host: string;
  readonly startedAt: Date;
  readonly heartbeatAt: Date;
  /** Longest delay of its event loop between its last two renewals, in milliseconds; null: not measured. */
  readonly eventLoopMs: number | null;
  readonly lanes: readonly WorkerLane[];
  /**
   * Number of jobs started, by message type, or by kind for other jobs; counted up to the last lease
   * renewal that had any.
   */
  readonly lastCycle: Readonly<Record<string, number>> | null;
  readonly lastCycleAt: Date | null;
}

type Row = Omit<WorkerState, "lanes"> & {
  readonly lanes: Readonly<Partial<Record<Lane, number>>>;
  readonly running: Readonly<Partial<Record<Lane, number>>> | null;
};

const LIVING = statement<[], Row>(
  "workers.living",
  `select w.id, w.host, w.started_at as "startedAt", w.heartbeat_at as "heartbeatAt",
     w.event_loop_ms as "eventLoopMs", w.lanes,
     w.last_cycle as "lastCycle", w.last_cycle_at as "lastCycleAt",
     (select jsonb_object_agg(lane, n) from (select lane, ceil(sum(size) / ${SLOT_SIZE}.0) as n from jobs
        where worker_id = w.id and status = 'PROCESSING' group by 1) r) as running
   from workers w where w.lease_until > clock_timestamp() order by w.started_at, w.id`,
);

const HOSTS = statement<[ids: string[]], { id: string; host: string }>(
  "workers.hosts",
  "select id, host from worker_hosts where id = any($1)",
);

/** Reads the hosts of workers, also of those that have ended, by worker id. */
export async function readHosts(
  db: Connection,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await db.run(HOSTS, [...ids]);
  return new Map(rows.map(({ id, host }) => [id, host]));
}

const PRUNE_HOSTS = statement<[]>(
  "workers.pruneHosts",
  `delete from worker_hosts h where started_at < now() - interval '90 days'
     and not exists (select from workers w where w.id = h.id)`,
);

/** Deletes the hosts of workers that started over 90 days ago and have ended. */
export async function pruneWorkerHosts(db: Connection): Promise<void> {
  await db.run(PRUNE_HOSTS);
}

/** Reads the living workers of the installation, oldest first. */
export async function readWorkers(db: Connection): Promise<WorkerState[]> {
  const rows = await db.run(LIVING);
  return rows.map(({ lanes, running, ...worker }) => ({
    ...worker,
    lanes: LANES.flatMap((lane) => {
      const concurrency = lanes[lane];
      if (concurrency === undefined) return [];
      const used = running?.[lane] ?? 0;
      // The last job that a worker starts in a lane may use more than what is left of its slots. In a paused
      // lane, jobs run that were started before.
      return { lane, concurrency, running: concurrency > 0 ? Math.min(used, concurrency) : used };
    }),
  }));
}
