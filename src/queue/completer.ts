import { getLogger } from "@logtape/logtape";
import { settleJobs, type Settlement } from "../domain/jobs/settle.ts";
import type { Services } from "../domain/services.ts";
import type { WakeSignal } from "./wake_signal.ts";

// Attempts that end within this time are settled in one statement.
const GATHER_MS = 2;
const log = getLogger(["waybill", "worker"]);

/** Result of `Completer.settle`. */
export interface SettleResult {
  /** Number of attempts that were settled. */
  readonly count: number;
  /** Whether one of the jobs can be claimed again at once. */
  readonly requeued: boolean;
}

/** Settles attempts that have ended, many at once. Several loops may share a completer. */
export class Completer {
  #ended: Settlement[] = [];
  // Sent to the database and not answered yet.
  readonly #settling = new Set<Settlement>();
  #gathering = false;

  constructor(readonly services: Services, readonly wake: WakeSignal) {}

  /**
   * Adds an attempt that has ended, and wakes a loop to settle it and to claim for the free slot.
   *
   * @param settlement null: its handler has settled the job
   */
  add(settlement: Settlement | null): void {
    if (settlement) this.#ended.push(settlement);
    if (this.#gathering) return;
    this.#gathering = true;
    setTimeout(() => {
      this.#gathering = false;
      this.wake.wake();
    }, GATHER_MS);
  }

  /** Fences of the claims that have ended and are not settled yet. */
  fences(): number[] {
    return [...this.#ended, ...this.#settling].map(({ fence }) => fence);
  }

  /** Ids of the jobs that have ended and are not settled yet. */
  ids(): string[] {
    return [...this.#ended, ...this.#settling].map(({ id }) => id);
  }

  /** Discards the unsettled attempts, because other workers have their jobs. */
  drop(): void {
    this.#ended = [];
  }

  /**
   * Settles the attempts that have ended since the last call. If the database fails, all of them are kept
   * for the next call. Because of the fence no attempt is settled twice.
   */
  async settle(): Promise<SettleResult> {
    const ended = this.#ended;
    if (ended.length === 0) return { count: 0, requeued: false };
    this.#ended = [];
    for (const settlement of ended) this.#settling.add(settlement);
    try {
      const settled = await settleJobs(this.services.db, ended);
      for (const { organizationId, id } of ended) {
        this.services.bus.publish("jobs", organizationId, [id]);
      }
      if (settled.length < ended.length) warnOfStale(ended, settled);
      return {
        count: ended.length,
        requeued: settled.some(({ status }) => status === "QUEUED"),
      };
    } catch (error) {
      this.#ended.push(...ended);
      throw error;
    } finally {
      for (const settlement of ended) this.#settling.delete(settlement);
    }
  }
}

function warnOfStale(ended: readonly Settlement[], settled: readonly { id: string }[]): void {
  const ids = new Set(settled.map(({ id }) => id));
  const stale = ended.filter(({ id }) => !ids.has(id)).map(({ id }) => id);
  log.warn("{count} jobs ended after another worker had claimed them: {stale}", {
    count: stale.length,
    stale,
  });
}
