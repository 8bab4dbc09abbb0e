import { type Connection, LONG, statement } from "../../db/database.ts";
import { HAS_TEXT, TEACHES } from "../emails/learnable.ts";
import type { LearningSelection } from "./learning_run.ts";

/** A selection, as one run or an estimate reads it. */
export interface SelectionScope {
  readonly organizationId: string;
  readonly selection: LearningSelection;
  readonly relearn: boolean;
  readonly promptId: string;
  /** Null: an estimate. */
  readonly runId: string | null;
}

/** A chosen mail. */
export interface SelectedEmail {
  readonly id: string;
  /**
   * DONE: this run has learned it, or failed to. SKIP: learned before, without text of its own, or
   * not written by a person of the organization.
   */
  readonly state: "LEARN" | "SKIP" | "DONE";
}

/** Number of chosen mails, and of the skipped ones among them. */
export interface SelectionCount {
  readonly total: number;
  readonly skipped: number;
}

type Parameters = [
  organizationId: string,
  promptId: string,
  relearn: boolean,
  runId: string | null,
  since: string | null,
  after: string,
  through: string,
  limit: number,
];

/**
 * SQL: a page of a selection by id.
 *
 * @param source condition that mail `e` is chosen
 */
function page(source: string): string {
  return `select e.id, case when l.run_id = $4 or exists (
         select from learning_failures f where f.run_id = $4 and f.email_id = e.id) then 'DONE'
       when not (${TEACHES}) or l.email_id is not null and not $3 or not (${HAS_TEXT}) then 'SKIP'
       else 'LEARN' end as state
     from emails e left join learned_emails l on l.email_id = e.id and l.prompt_id = $2
     where e.organization_id = $1 and e.id > $6 and e.id <= $7
       and ($5::timestamptz is null or e.received_at >= $5) and ${source}
     order by e.id limit $8`;
}

/**
 * SQL: counts of a selection. The mails that would be learned are counted separately, because an index contains the
 * mails with text, and reading each text would take most of the time.
 *
 * @param source condition that mail `e` is chosen
 */
function count(source: string): string {
  const chosen = `select count(*) from emails e where e.organization_id = $1
     and ($4::timestamptz is null or e.received_at >= $4) and ($5::uuid is null or e.id <= $5) and ${source}`;
  return `select total, total - learnable as skipped from (select (${chosen}) as total,
     (${chosen} and ${TEACHES} and ${HAS_TEXT} and not exists (
       select from learned_emails l where l.email_id = e.id and l.prompt_id = $2 and not $3)) as learnable) s`;
}

const chosenIn = (ids: string) => `e.id = any(${ids}::uuid[])`;
const failedIn = (run: string) =>
  `exists (select from learning_failures r where r.run_id = ${run}::uuid and r.email_id = e.id)`;

const PAGE_ALL = statement<Parameters, SelectedEmail>(
  "learningSelection.page",
  page(TEACHES),
  LONG,
);
const PAGE_CHOSEN = statement<[...Parameters, ids: string[]], SelectedEmail>(
  "learningSelection.pageOfChosen",
  page(chosenIn("$9")),
);
const PAGE_FAILED = statement<[...Parameters, retryOf: string], SelectedEmail>(
  "learningSelection.pageOfFailed",
  page(failedIn("$9")),
  LONG,
);

type CountParameters = [
  organizationId: string,
  promptId: string,
  relearn: boolean,
  since: string | null,
  through: string | null,
];

const COUNT_ALL = statement<CountParameters, SelectionCount>(
  "learningSelection.count",
  count(TEACHES),
  LONG,
);
const COUNT_CHOSEN = statement<[...CountParameters, ids: string[]], SelectionCount>(
  "learningSelection.countChosen",
  count(chosenIn("$6")),
);
const COUNT_FAILED = statement<[...CountParameters, retryOf: string], SelectionCount>(
  "learningSelection.countFailed",
  count(failedIn("$6")),
  LONG,
);

/** Part of a selection, by the ids of its mails. */
export interface SelectionRange {
  /** Exclusive. */
  readonly after: string;
  /** Inclusive. */
  readonly through: string;
}

/** Reads the next mails of a selection, in the order of their ids. */
export function readSelection(
  db: Connection,
  scope: SelectionScope,
  range: SelectionRange,
  limit: number,
): Promise<SelectedEmail[]> {
  const parameters = parametersOf(scope, range, limit);
  const { emailIds, retryOf } = scope.selection;
  if (emailIds) return db.run(PAGE_CHOSEN, ...parameters, [...emailIds]);
  if (retryOf) return db.run(PAGE_FAILED, ...parameters, retryOf);
  return db.run(PAGE_ALL, ...parameters);
}

/**
 * Counts the mails of a selection.
 *
 * @param through last mail, inclusive; null: all
 */
export async function countSelection(
  db: Connection,
  scope: SelectionScope,
  through: string | null,
): Promise<SelectionCount> {
  const [counted] = await runCount(db, scope, through);
  return counted ?? { total: 0, skipped: 0 };
}

function runCount(
  db: Connection,
  { organizationId, promptId, relearn, selection: { emailIds, retryOf, since } }: SelectionScope,
  through: string | null,
): Promise<SelectionCount[]> {
  const parameters: CountParameters = [organizationId, promptId, relearn, since, through];
  if (emailIds) return db.run(COUNT_CHOSEN, ...parameters, [...emailIds]);
  if (retryOf) return db.run(COUNT_FAILED, ...parameters, retryOf);
  return db.run(COUNT_ALL, ...parameters);
}

function parametersOf(
  { organizationId, promptId, relearn, runId, selection: { since } }: SelectionScope,
  { after, through }: SelectionRange,
  limit: number,
): Parameters {
  return [organizationId, promptId, relearn, runId, since, after, through, limit];
}

const KNOWN = statement<[organizationId: string, ids: string[]], { id: string }>(
  "learningSelection.known",
  "select id from emails where organization_id = $1 and id = any($2)",
);

/** Returns those of the ids that are mails of the organization. */
export async function knownEmails(
  db: Connection,
  organizationId: string,
  ids: readonly string[],
): Promise<Set<string>> {
  return new Set((await db.run(KNOWN, organizationId, [...ids])).map(({ id }) => id));
}
