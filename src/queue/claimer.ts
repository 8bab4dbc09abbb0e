import { readAnnouncement } from "../domain/jobs/announce.ts";
import {
  CLAIM_LIMIT,
  type ClaimedJob,
  claimJobs,
  type LaneCursor,
  type Partition,
  type Quota,
  readPartitions,
  type ReadyPartition,
} from "../domain/jobs/claim.ts";
import { type Lane, type LaneSlots, SLOT_SIZE } from "../domain/jobs/lane.ts";
import type { Services } from "../domain/services.ts";
import { FairShare } from "./fair_share.ts";
import type { RunningJobs } from "./running_jobs.ts";
import type { WakeSignal } from "./wake_signal.ts";

const PARTITIONS_LIMIT = 500;
const SCAN_INTERVAL_MS = 250;

/** Parts of the worker that the claimer uses. */
export interface ClaimerOptions {
  /** Returns the id under which the worker is registered; it changes when the lease was lost. */
  readonly workerId: () => string;
  readonly lanes: LaneSlots;
  readonly running: RunningJobs;
  readonly wake: WakeSignal;
}

/** Claims jobs for the free slots of a worker and starts them. Several loops may share a claimer. */
export class Claimer {
  readonly #services: Services;
  readonly #options: ClaimerOptions;
  readonly #share = new FairShare();
  // Total size of the jobs that the claims in progress may claim.
  readonly #reserved = new Map<Lane, number>();
  #cursors: readonly LaneCursor[];
  // The partitions that were announced and not found to be empty since, with the number of the last announcement.
  readonly #announced = new Map<string, { partition: ReadyPartition; number: number }>();
  #lastAnnouncement = 0;
  // Null: scan before the next claim.
  #scannedAt: number | null = null;
  #started = new Map<string, number>();

  constructor(services: Services, options: ClaimerOptions) {
    this.#services = services;
    this.#options = options;
    this.#cursors = [...options.lanes.keys()].map((lane) => ({ lane, after: null }));
  }

  /** Rereads the partitions at the next claim, and wakes a loop to claim. */
  rescan(): void {
    this.#scannedAt = null;
    this.#options.wake.wake();
  }

  /**
   * Wakes a loop after a "queue" event, if it is about a lane of this worker.
   *
   * @param ids as `wakeWorkers` and `announceJob` publish them; null: any lane
   */
  notice(ids: readonly string[] | null): void {
    if (!ids) return this.rescan();
    for (const id of ids) {
      const { lane, partition } = readAnnouncement(id) ?? {};
      if (!lane || !this.#options.lanes.has(lane)) continue;
      if (partition) this.announce(partition);
      else this.rescan();
    }
  }

  /** Adds a partition that has a new job, and wakes a loop to claim it. */
  announce(partition: ReadyPartition): void {
    this.#share.extend(partition.lane, [partition]);
    this.#announced.set(keyOf(partition), { partition, number: ++this.#lastAnnouncement });
    this.#options.wake.wake();
  }

  /** Takes the numbers of jobs started since the last call, by topic. */
  takeStarted(): ReadonlyMap<string, number> {
    const started = this.#started;
    this.#started = new Map();
    return started;
  }

  /**
   * Claims jobs for the free slots and starts them.
   *
   * @returns number of jobs started
   */
  async claim(): Promise<number> {
    const { workerId, wake } = this.#options;
    await this.#scan();
    const quotas = this.#allocate();
    if (quotas.length === 0) return 0;
    const claimant = workerId();
    const lastAnnouncement = this.#lastAnnouncement;
    this.#reserve(quotas, 1);
    try {
      const jobs = await claimJobs(this.#services, claimant, quotas);
      // If the lease was lost meanwhile, these jobs have been or will be rescued.
      if (claimant !== workerId()) return 0;
      for (const job of jobs) {
        this.#options.running.start(job);
        this.#started.set(job.topic, (this.#started.get(job.topic) ?? 0) + 1);
      }
      this.#removeExhausted(quotas, jobs, lastAnnouncement);
      // After a full claim there may be jobs for another loop, too.
      if (jobs.length >= CLAIM_LIMIT) wake.wake();
      for (const { id, organizationId } of jobs) {
        this.#services.bus.publish("jobs", organizationId, [id]);
      }
      return jobs.length;
    } finally {
      this.#reserve(quotas, -1);
    }
  }

  // A lane with more partitions than one scan reads is paged through, one page per scan. Partitions of
  // earlier pages stay, because otherwise the few of the last page would get all slots.
  async #scan(): Promise<void> {
    const now = performance.now();
    if (this.#scannedAt !== null && now - this.#scannedAt < SCAN_INTERVAL_MS) return;
    this.#scannedAt = now;
    const lastAnnouncement = this.#lastAnnouncement;
    const partitions = await readPartitions(this.#services, this.#cursors, PARTITIONS_LIMIT);
    this.#cursors = this.#cursors.map(({ lane, after }) => {
      const ofLane = partitions.filter((partition) => partition.lane === lane);
      if (after) this.#share.extend(lane, ofLane);
      else this.#share.replace(lane, ofLane);
      return { lane, after: ofLane.length < PARTITIONS_LIMIT ? null : ofLane.at(-1) ?? null };
    });
    // Jobs that were announced after the scan began may be missing in its result.
    for (const { partition, number } of this.#announced.values()) {
      if (number > lastAnnouncement) this.#share.extend(partition.lane, [partition]);
    }
  }

  // CLAIM_LIMIT applies to each lane separately, because the first lane would use up a common limit.
  #allocate(): Quota[] {
    const { lanes, running } = this.#options;
    return [...lanes].flatMap(([lane, slots]) => {
      const used = running.sizeOf(lane) + (this.#reserved.get(lane) ?? 0);
      return this.#share.allocate(lane, slots * SLOT_SIZE - used, CLAIM_LIMIT);
    });
  }

  #reserve(quotas: readonly Quota[], sign: 1 | -1): void {
    for (const { lane, size } of quotas) {
      this.#reserved.set(lane, (this.#reserved.get(lane) ?? 0) + sign * size);
    }
  }

  // A partition has no more jobs if it returned fewer than its quota, although another one would have fitted.
  // Jobs that were announced after the claim began may be missing in its result.
  #removeExhausted(
    quotas: readonly Quota[],
    jobs: readonly ClaimedJob[],
    lastAnnouncement: number,
  ): void {
    const claimed = Map.groupBy(jobs, keyOf);
    for (const quota of quotas) {
      const key = keyOf(quota);
      const ofQuota = claimed.get(key) ?? [];
      const size = ofQuota.reduce((sum, job) => sum + job.size, 0);
      const fits = ofQuota.length === 0 || size + SLOT_SIZE <= quota.size;
      const announced = (this.#announced.get(key)?.number ?? 0) > lastAnnouncement;
      if (ofQuota.length === quota.count || !fits || announced) continue;
      this.#share.remove(quota);
      this.#announced.delete(key);
    }
  }
}

function keyOf({ lane, organizationId, topic }: Partition): string {
  return `${lane} ${organizationId} ${topic}`;
}
