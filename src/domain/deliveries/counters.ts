/**
 * Returns SQL that counts outcomes of deliveries under their batches, as a part of the statement that
 * changes the deliveries. The view `delivery_counters` defines the effect of each outcome.
 *
 * @param outcomes a SELECT with one row per delivery and outcome: `organization_id`, `message_id`,
 *   `batch_id`, `at` (counted in the minute of this time), `attempt`, `outcome`, `error_type` (null or '' for
 *   none) and `retryable`
 */
export function countOutcomes(outcomes: string): string {
  return `insert into delivery_stats as x (organization_id, message_id, batch_id, minute, attempt,
       outcome, error_type, retryable, n)
     select organization_id, message_id, batch_id, date_trunc('minute', at), attempt,
       outcome, coalesce(error_type, ''), retryable, count(*)
     from (${outcomes}) o group by 1, 2, 3, 4, 5, 6, 7, 8
     on conflict (batch_id, minute, attempt, outcome, error_type, retryable)
       do update set n = x.n + excluded.n`;
}
