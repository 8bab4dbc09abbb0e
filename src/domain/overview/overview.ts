import { type Caller, requireAdmin } from "../access/access.ts";
import { type AiToday, readAiToday } from "../ai_usage/today.ts";
import { MAX_MINUTES, readRecentDeliveries, type RecentDeliveries } from "../deliveries/minutes.ts";
import { invalid } from "../errors.ts";
import { type QuoteStats, readQuoteStats } from "../quotes/stats.ts";
import type { Services } from "../services.ts";
import { type PendingType, readPendingTypes } from "./pending.ts";
import { type ProcessorStatus, readProcessor } from "./processor.ts";
import { type Queue, readQueue } from "./queue.ts";

/**
 * State of an organization at one time. Each part is read when it is asked for, and once for all who ask, because
 * all subscribers of an organization share one overview.
 */
export interface Overview {
  readonly organizationId: string;
  queue(): Promise<Queue>;
  pendingTypes(): Promise<PendingType[]>;
  processor(): Promise<ProcessorStatus>;
  ai(): Promise<AiToday>;
  quotes(): Promise<QuoteStats>;
  /**
   * Results of the last minutes.
   *
   * @param last number of minutes, 1 to 180
   * @throws {InvalidInputError} path `last`
   */
  deliveries(last: number): Promise<RecentDeliveries>;
}

/**
 * Returns the overview of the caller's organization.
 *
 * @throws {ForbiddenError} for a MEMBER
 */
export function overviewFor({ db }: Services, caller: Caller): Overview {
  requireAdmin(caller, "see the overview");
  const { organizationId } = caller;
  const recent = new Map<number, Promise<RecentDeliveries>>();
  let queue: Promise<Queue> | undefined;
  let pendingTypes: Promise<PendingType[]> | undefined;
  let processor: Promise<ProcessorStatus> | undefined;
  let ai: Promise<AiToday> | undefined;
  let quotes: Promise<QuoteStats> | undefined;
  return {
    organizationId,
    queue: () => queue ??= readQueue(db, organizationId),
    pendingTypes: () => pendingTypes ??= readPendingTypes(db, organizationId),
    processor: () => processor ??= readProcessor(db, organizationId),
    ai: () => ai ??= readAiToday(db, organizationId),
    quotes: () => quotes ??= readQuoteStats(db, organizationId),
    deliveries(last) {
      if (last < 1 || last > MAX_MINUTES) {
        throw invalid(["last"], "OUT_OF_RANGE", `must be from 1 to ${MAX_MINUTES}, got ${last}`);
      }
      const read = recent.get(last) ?? readRecentDeliveries(db, organizationId, last);
      recent.set(last, read);
      return read;
    },
  };
}
