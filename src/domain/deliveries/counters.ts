/**
 * Returns SQL that counts outcomes of deliveries, under their batches and by minute, as a part of the statement
 * that changes the deliveries: the WITH queries `outcomes`, `minutes` and `counters`. The view
 * `outcome_effects` defines the effect of each outcome.
 *
 * @param outcomes a SELECT with one row per delivery and outcome: `organization_id`, `message_id`,
 *   `batch_id`, `at` (counted in the minute of this time), `attempt`, `outcome`, `error_type` (null or '' for
 *   none) and `retryable`
 */
export function countOutcomes(outcomes: string): string {
  return `outcomes as materialized (
     select organization_id, message_id, batch_id, date_trunc('minute', at) as minute, attempt, outcome,
       coalesce(error_type, '') as error_type, retryable, count(*)::int as n
     from (${outcomes}) o group by 1, 2, 3, 4, 5, 6, 7, 8
   ),
   minutes as (
     insert into delivery_minutes as x (organization_id, minute, writer, attempt, outcome, error_type,
       count)
     select organization_id, minute, pg_backend_pid(), attempt, outcome, error_type, sum(n)
     from outcomes group by 1, 2, 4, 5, 6
     on conflict (organization_id, minute, writer, attempt, outcome, error_type)
       do update set count = x.count + excluded.count
   ),
   counters as (
     insert into delivery_stats as x (organization_id, message_id, batch_id, minute, attempt,
       outcome, error_type, retryable, n)
     select organization_id, message_id, batch_id, minute, attempt, outcome, error_type, retryable, n
     from outcomes
     on conflict (batch_id, minute, attempt, outcome, error_type, retryable)
       do update set n = x.n + excluded.n
   )`;
}
