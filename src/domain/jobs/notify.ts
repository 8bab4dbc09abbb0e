import type { Caller } from "../access/access.ts";
import { toTypeId } from "../id.ts";
import { insertEventsFrom } from "../notifications/append.ts";
import { kindWords } from "../notifications/kind_words.ts";
import { publishToast } from "../notifications/toast.ts";
import type { Services } from "../services.ts";
import { JOB_KINDS, type JobKind, type JobKindName } from "./kinds.ts";

/** Prefix of the unique keys of jobs that schedules start, whose end notifies no user. */
export const SCHEDULE_KEY = "schedule:";

const KINDS = Object.entries<JobKind>(JOB_KINDS).filter(([, { notifies }]) => notifies)
  .map(([name]) => `'${name}'`).join(", ");

/**
 * Returns SQL that notifies users of the ends of their jobs, as a part of the statement that ends them.
 *
 * @param ended name of a query with the columns organization_id, user_id, id, kind, status, unique_key and error;
 *   jobs that are neither COMPLETED nor FAILED are left out
 */
export function notifyOfJobs(ended: string): string {
  return insertEventsFrom(
    `select organization_id, user_id, 'JOB_' || status as event, id as subject_id, kind as name,
       error ->> 'message' as detail
     from ${ended}
     where status in ('COMPLETED', 'FAILED') and kind in (${KINDS})
       and (user_id is not null or not starts_with(coalesce(unique_key, ''), '${SCHEDULE_KEY}'))`,
  );
}

/** Shows the caller's user that a job was started. */
export function toastStart(
  services: Services,
  { organizationId, userId }: Caller,
  kind: JobKindName,
  id: string,
): void {
  publishToast(services, organizationId, {
    userId,
    topic: "JOBS",
    level: "INFO",
    title: `Job “${kindWords(kind)}” was started`,
    subject: toTypeId("job", id),
  });
}
