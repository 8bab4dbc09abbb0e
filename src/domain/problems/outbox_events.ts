import { appendEvents } from "../outbox/append.ts";

/**
 * Returns SQL that appends the events of problems that opened to the outbox, as a part of the statement that opens
 * them.
 *
 * @param problems a SELECT with one row per problem: `organization_id`, `id`, `source`, `origin`, `provider`,
 *   `error_type`, `code`, `pattern` and `count`
 */
export function appendOpenedProblems(problems: string): string {
  return appendEvents(`
    select organization_id, 'PROBLEM_OPENED' as event, id as object_id,
      jsonb_build_object('source', source, 'origin', origin, 'provider', provider,
        'errorType', error_type, 'code', code, 'message', pattern, 'count', count) as data
    from (${problems}) p`);
}
