import { statement } from "../../db/database.ts";
import type { Services } from "../services.ts";

/** How far ahead of its time a message may have its slot, in milliseconds. */
export const AHEAD_MS = 50;

/** Slots that were reserved, evenly spaced. */
export interface Reservation {
  readonly count: number;
  /** Until the first one, in milliseconds; with none: until it is worth asking again. */
  readonly waitMs: number;
}

// The generic cell rate algorithm (ITU-T I.371), with one clock for all processes: the time of the next
// slot. Looked at under the row's lock, so that two that ask at once get different slots.
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
 * Reserves the right to hand messages to a provider at its limit, which all processes keep together.
 *
 * Slots are given out up to 50 ms ahead of their time, which is far enough to keep the pace and near
 * enough to share it. What is urgent has the reserve: it may run ahead by as much again, or by one
 * slot, and what is not urgent waits until that is made up for.
 *
 * @param perSecond the limit
 * @param wanted slots at most
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
  if (!reservation) throw new Error(`Cannot reserve slots: provider ${providerId} has no pace`);
  return urgent && reservation.count > 0 ? { ...reservation, waitMs: 0 } : reservation;
}
