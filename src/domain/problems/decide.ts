import { statement } from "../../db/database.ts";
import { type Caller, organizationsOf, requireAdmin } from "../access/access.ts";
import { InvalidInputError, type Issue, NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import { recordDecisions } from "./decisions.ts";
import { PROBLEM_COLUMNS } from "./list.ts";
import type { Problem } from "./problem.ts";

const MAX_NOTE_LENGTH = 2_000;
const MAX_PER_HOUR = 1_000_000;

/** End of ignoring a problem; with both fields absent there is none. */
export interface IgnoreRule {
  /** Time at which it is OPEN again. */
  readonly until?: Date | null;
  /** Number of failures in one hour above which it is OPEN again. */
  readonly perHour?: number | null;
  readonly note?: string | null;
}

type Decision = [organizationIds: string[], id: string, userId: string | null, note: string | null];

/** Returns SQL that changes a problem by an UPDATE without its condition, and records the decision. */
function changing(update: string): string {
  return `with changed as (${update} where organization_id = any($1) and id = $2 returning *),
   decided as (${
    recordDecisions(`select id, changed_at, state, changed_by, note, ignored_until, ignored_per_hour
       from changed`)
  })
   select ${PROBLEM_COLUMNS} from changed`;
}

// Failures of the past do not open it again, also if they are counted later.
const RESOLVE = statement<Decision, Problem>(
  "problems.resolve",
  changing(`update problems set state = 'RESOLVED', changed_at = clock_timestamp(), changed_by = $3,
     note = $4, ignored_until = null, ignored_per_hour = null`),
);

const IGNORE = statement<[...Decision, until: Date | null, perHour: number | null], Problem>(
  "problems.ignore",
  changing(`update problems set state = 'IGNORED', changed_at = clock_timestamp(), changed_by = $3,
     note = $4, ignored_until = $5, ignored_per_hour = $6, ignored_count = 0`),
);

/**
 * Marks a problem as fixed. Its next failure opens it again.
 *
 * @param note for people, up to 2,000 characters; null: none
 * @throws {ForbiddenError} for a MEMBER
 * @throws {NotFoundError}
 * @throws {InvalidInputError} path `note`
 */
export async function resolveProblem(
  services: Services,
  caller: Caller,
  id: string,
  note: string | null,
): Promise<Problem> {
  requireAdmin(caller, "resolve problems");
  refuse(issuesOfNote(["note"], note));
  const { userId } = caller;
  return announce(
    services,
    id,
    await services.db.run(RESOLVE, organizationsOf(caller), id, userId, note),
  );
}

/**
 * Hides a problem until a time or a rate of failures, whichever comes first.
 *
 * @throws {ForbiddenError} for a MEMBER
 * @throws {NotFoundError}
 * @throws {InvalidInputError} paths `input.until`, `input.perHour`, `input.note`
 */
export async function ignoreProblem(
  services: Services,
  caller: Caller,
  id: string,
  rule: IgnoreRule,
): Promise<Problem> {
  requireAdmin(caller, "ignore problems");
  const { until = null, perHour = null, note = null } = rule;
  refuse([
    ...issuesOfNote(["input", "note"], note),
    ...issuesOfUntil(until),
    ...issuesOfRate(perHour),
  ]);
  const { userId } = caller;
  const rows = await services.db.run(
    IGNORE,
    organizationsOf(caller),
    id,
    userId,
    note,
    until,
    perHour,
  );
  return announce(services, id, rows);
}

function announce({ bus }: Services, id: string, [problem]: readonly Problem[]): Problem {
  if (!problem) throw new NotFoundError([toTypeId("problem", id)]);
  bus.publish("problems", problem.organizationId, [id]);
  return problem;
}

function refuse(issues: readonly Issue[]): void {
  if (issues.length > 0) throw new InvalidInputError(issues);
}

function issuesOfNote(path: readonly string[], note: string | null): Issue[] {
  if (note === null) return [];
  if (note.length > MAX_NOTE_LENGTH) {
    return [{ path, code: "TOO_LONG", message: `must have at most ${MAX_NOTE_LENGTH} characters` }];
  }
  if (note.includes("\0") || !note.isWellFormed()) {
    return [{
      path,
      code: "MALFORMED",
      message: "must not have NUL characters or lone surrogates",
    }];
  }
  return [];
}

function issuesOfUntil(until: Date | null): Issue[] {
  if (until === null || until.getTime() > Date.now()) return [];
  return [{ path: ["input", "until"], code: "OUT_OF_RANGE", message: "must be in the future" }];
}

function issuesOfRate(perHour: number | null): Issue[] {
  if (perHour === null || perHour >= 1 && perHour <= MAX_PER_HOUR) return [];
  const message = `must be from 1 to 1,000,000, got ${perHour}`;
  return [{ path: ["input", "perHour"], code: "OUT_OF_RANGE", message }];
}
