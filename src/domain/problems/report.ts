/** Maximum number of examples in one report, and of those that a problem keeps. */
export const MAX_EXAMPLES = 10;

/** Expressions in SQL for the parts of a fingerprint; see `reportProblems`. */
export interface FingerprintParts {
  readonly source: string;
  readonly origin: string;
  readonly provider: string;
  readonly errorType: string;
  readonly code: string;
  readonly pattern: string;
}

/** Returns SQL for the fingerprint of a failure; null if its pattern is null, so that it is not counted. */
export function fingerprintOf(
  { source, origin, provider, errorType, code, pattern }: FingerprintParts,
): string {
  return `problem_fingerprint(${source}, ${origin}, ${provider}, ${errorType}, ${code}, ${pattern})`;
}

/**
 * Returns SQL that reports failures, as a part of the statement that records them. Rows whose `fingerprint` is
 * null are not reported.
 *
 * @param failures a SELECT with one row per failure: `organization_id`, `fingerprint`, `source`, `origin`,
 *   `provider`, `error_type`, `code`, `pattern`, `affected_id` (message or job), `subject_id` (delivery or
 *   job) and `message` (the full text)
 */
export function reportProblems(failures: string): string {
  const cause = "organization_id, fingerprint, source, origin, provider, error_type, code, pattern";
  return `insert into problem_reports (${cause}, affected_id, n, subject_ids, messages)
     select ${cause}, affected_id, count(*), (array_agg(subject_id))[1:${MAX_EXAMPLES}],
       (array_agg(coalesce(message, '')))[1:${MAX_EXAMPLES}]
     from (${failures}) f where fingerprint is not null group by ${cause}, affected_id`;
}
