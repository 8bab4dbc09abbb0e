import { type Connection, LONG, statement } from "../../db/database.ts";
import { HAS_TEXT, TEACHES } from "../emails/learnable.ts";
import { FIRST_ROW } from "../eraser.ts";
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
  through: string | null,
  limit: number | null,
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
     where e.organization_id = $1 and e.id > $6 and ($7::uuid is null or e.id <= $7)
       and ($5::timestamptz is null or e.received_at >= $5) and ${source}
     order by e.id limit $8`;
}

function count(source: string): string {
  return `select count(*) as total, count(*) filter (where state = 'SKIP') as skipped
     from (${page(source)}) s`;
}

const CHOSEN = "e.id = any($9::uuid[])";
const FAILED =
  `exists (select from learning_failures r where r.run_id = $9::uuid and r.email_id = e.id)`;

const PAGE_ALL = statement<Parameters, SelectedEmail>(
  "learningSelection.page",
  page(TEACHES),
  LONG,
);
const PAGE_CHOSEN = statement<[...Parameters, ids: string[]], SelectedEmail>(
  "learningSelection.pageOfChosen",
  page(CHOSEN),
);
const PAGE_FAILED = statement<[...Parameters, retryOf: string], SelectedEmail>(
  "learningSelection.pageOfFailed",
  page(FAILED),
  LONG,
);

const COUNT_ALL = statement<Parameters, SelectionCount>(
  "learningSelection.count",
  count(TEACHES),
  LONG,
);
const COUNT_CHOSEN = statement<[...Parameters, ids: string[]], SelectionCount>(
  "learningSelection.countChosen",
  count(CHOSEN),
);
const COUNT_FAILED = statement<[...Parameters, retryOf: string], SelectionCount>(
  "learningSelection.countFailed",
  count(FAILED),
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
  { after, through }: SelectionRange,
  limit: number,
): Promise<SelectedEmail[]> {
  const parameters = parametersOf(scope, after, through, limit);
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
  const [counted] = await runCount(db, scope, parametersOf(scope, FIRST_ROW, through, null));
  return counted ?? { total: 0, skipped: 0 };
}

function runCount(
  db: Connection,
  { selection: { emailIds, retryOf } }: SelectionScope,
  parameters: Parameters,
): Promise<SelectionCount[]> {
  if (emailIds) return db.run(COUNT_CHOSEN, ...parameters, [...emailIds]);
  if (retryOf) return db.run(COUNT_FAILED, ...parameters, retryOf);
  return db.run(COUNT_ALL, ...parameters);
}

function parametersOf(
  { organizationId, promptId, relearn, runId, selection: { since } }: SelectionScope,
  after: string,
  through: string | null,
  limit: number | null,
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
