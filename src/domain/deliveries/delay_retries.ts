import { type Connection, statement } from "../../db/database.ts";

const DELAY = statement<[ids: string[], intervalMs: number]>(
  "deliveries.delayRetries",
  `update deliveries d set updated_at = now(),
     not_before = now() + (r.position - 1) * $2::float8 * interval '1 millisecond'
   from unnest($1::uuid[]) with ordinality as r(id, position)
   where d.id = r.id and d.status in ('FAILED', 'BOUNCED')`,
);

/**
 * Spaces the next attempts of failed deliveries, so that an automatic retry sends them one after the other.
 *
 * @param ids deliveries in the order of their attempts; the transaction has locked their messages
 * @param intervalMs time between two attempts, in milliseconds
 */
export async function delayRetries(
  tx: Connection,
  ids: readonly string[],
  intervalMs: number,
): Promise<void> {
  await tx.run(DELAY, [...ids], intervalMs);
}
