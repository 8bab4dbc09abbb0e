import { fingerprintOf, reportProblems } from "../problems/report.ts";

/**
 * Returns SQL for the fingerprint of a job's error; null if its pattern is null.
 *
 * @param kind expression for the kind of the job
 * @param error expression for its error, as jsonb
 * @param pattern expression for the text of the error without its variable parts
 */
export function jobFingerprint(kind: string, error: string, pattern: string): string {
  return fingerprintOf({
    source: "'JOB'",
    origin: kind,
    provider: "null",
    errorType: `${error} ->> 'type'`,
    code: `${error} ->> 'code'`,
    pattern,
  });
}

/**
 * Returns SQL that reports failed attempts of jobs as problems, as a part of the statement that records them.
 *
 * @param failures a SELECT with one row per job: `organization_id`, `id`, `kind`, `fingerprint` (null: not
 *   reported), `error` and `pattern`
 */
export function reportJobs(failures: string): string {
  return reportProblems(`
    select organization_id, fingerprint, 'JOB' as source, kind as origin, null as provider,
      error ->> 'type' as error_type, error ->> 'code' as code, pattern, id as affected_id,
      id as subject_id, error ->> 'message' as message
    from (${failures}) j`);
}
