import { statement } from "../../db/database.ts";
import type { Services } from "../services.ts";

/** Time that a slot may be reserved before it is due, in milliseconds. */
export const AHEAD_MS = 50;

/** Reserved slots, evenly spaced. */
export interface Reservation {
  readonly count: number;
  /** Time until the first slot is due, in milliseconds; without a slot: until one may be reserved. */
  readonly waitMs: number;
}

// Generic cell rate algorithm (ITU-T I.371). `next_at`, the time of the next slot, is read under the
// row's lock, so that two processes get different slots.
const RESERVE = statement<
  [providerId: string, perSecond: number, wanted: number, aheadMs: number],
  Reservation
>(
  "providers.reserve",
  `with before as materialized (
     select greatest(next_at, clock_timestamp()) as at, clock_timestamp() as now
     from provider_paces where provider_id = $1 for update
   ),
   reserved as materialized (
     select at, now, extract(epoch from at - now)::float8 * 1000 as wait_ms, greatest(0, least($3,
       floor(($4 - extract(epoch from at - now)::float8 * 1000) / 1000 * $2 + 1)))::int as count
     from before
   ),
   moved as (
     update provider_paces p set next_at = r.at + r.count / $2 * interval '1 second'
     from reserved r where p.provider_id = $1 and r.count > 0
   )
   select count, case when count > 0 then wait_ms else wait_ms - $4 end as "waitMs" from reserved`,
);

/**
 * Reserves slots for messages within a provider's rate limit, which all processes share.
 *
 * Slots are reserved at most 50 ms before they are due: enough to reach the limit, and little enough to
 * share it. Urgent messages may reserve another 50 ms ahead, or one slot; the other messages are delayed
 * by as much.
 *
 * @param perSecond rate limit
 * @param wanted maximum number of slots to reserve
 */
export async function reserveSlots(
  { db }: Services,
  providerId: string,
  { perSecond, wanted, urgent }: {
    readonly perSecond: number;
    readonly wanted: number;
    readonly urgent: boolean;
  },
): Promise<Reservation> {
  const aheadMs = urgent ? AHEAD_MS + Math.max(AHEAD_MS, 1_000 / perSecond) : AHEAD_MS;
  const [reservation] = await db.run(RESERVE, providerId, perSecond, wanted, aheadMs);
  if (!reservation) {
    throw new Error(`Cannot reserve slots: provider ${providerId} is not registered`);
  }
  return urgent && reservation.count > 0 ? { ...reservation, waitMs: 0 } : reservation;
}
