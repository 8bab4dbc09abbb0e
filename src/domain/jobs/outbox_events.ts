import { appendEvents } from "../outbox/append.ts";

/**
 * Returns SQL that appends the events of jobs that have failed to the outbox, as a part of the statement that settles
 * them. Jobs that deliver events are left out, because their failures would make further events.
 *
 * @param jobs a SELECT with one row per job: `organization_id`, `id`, `kind`, `status`, `subject`, `attempt` and
 *   `error`
 */
export function appendFailedJobs(jobs: string): string {
  return appendEvents(`
    select organization_id, 'JOB_FAILED' as event, id as object_id,
      jsonb_build_object('kind', kind, 'subject', subject, 'attempt', attempt, 'error', error) as data
    from (${jobs}) j where status = 'FAILED' and kind <> 'DELIVER_EVENTS'`);
}
