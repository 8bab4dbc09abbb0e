import { type Connection, LONG, statement } from "../../db/database.ts";
import { newId } from "../id.ts";
import { digestOf, type FactKind, type FactOrigin, MAX_ANSWER, MAX_QUESTION } from "./fact.ts";
import { ALL } from "./scope.ts";

/** A fact that was learned. */
export interface ProposedFact {
  readonly kind: FactKind;
  /** See `readScope`. */
  readonly scope: string;
  /** May be empty for a PREFERENCE. */
  readonly question: string;
  readonly answer: string;
  /** Mails with this fact, at least one. */
  readonly emailIds: readonly string[];
}

// A mail that was erased meanwhile is no evidence, and a fact without evidence is not stored.
const PROPOSE = statement<
  [organizationId: string, facts: string, origin: FactOrigin],
  { id: string; created: boolean }
>(
  "facts.propose",
  `with proposed as materialized (
     select r.id, r.kind, coalesce(f.scope, r.scope) as scope, r.question, r.answer, r.digest, "emailIds"
     from json_to_recordset($2::json) as r(id uuid, kind text, scope text, question text, answer text,
       digest text, "emailIds" uuid[])
     left join facts f on f.organization_id = $1 and f.digest = r.digest and f.scope = '${ALL}'
   ),
   evidence as materialized (
     select p.digest, p.scope, e.id as email_id from proposed p
     join emails e on e.id = any(p."emailIds") and e.organization_id = $1
   ),
   stored as (
     insert into facts as f (id, organization_id, state, kind, scope, question, answer, digest, origin)
     select distinct on (digest, scope) id, $1::uuid, 'PROPOSED', kind, scope, question, answer, digest, $3
     from proposed
     where (digest, scope) in (select digest, scope from evidence)
     -- In one order, because two statements with the same facts would otherwise deadlock.
     order by digest, scope
     on conflict (organization_id, digest, scope) do update set updated_at = now()
     returning f.id, f.digest, f.scope, xmax = 0 as created
   ),
   linked as (
     insert into fact_evidence (fact_id, email_id)
     select s.id, e.email_id from stored s join evidence e using (digest, scope)
     on conflict do nothing
   )
   select id, created from stored`,
  LONG,
);

/**
 * Proposes facts that were learned. A fact that is known, with its scope or for all mails, gains the mails as evidence
 * and keeps its state, so that a dismissed one is not proposed again. The same fact for several customers is stored once
 * for each, because it need not hold for all. Publish the topic `facts` after the commit.
 *
 * @param facts up to some hundreds
 * @param origin LEARNED from mails, or from an EDIT of a suggestion
 * @returns number of new facts
 */
export async function proposeFacts(
  tx: Connection,
  organizationId: string,
  facts: readonly ProposedFact[],
  origin: "LEARNED" | "EDIT" = "LEARNED",
): Promise<number> {
  const rows = mergeSame(facts.map(toRow).filter(({ answer }) => answer !== ""));
  if (rows.length === 0) return 0;
  const stored = await tx.run(PROPOSE, organizationId, JSON.stringify(rows), origin);
  return stored.filter(({ created }) => created).length;
}

function toRow({ kind, scope, question, answer, emailIds }: ProposedFact) {
  const [shortQuestion, shortAnswer] = [tidy(question, MAX_QUESTION), tidy(answer, MAX_ANSWER)];
  return {
    id: newId(),
    kind,
    scope,
    question: shortQuestion,
    answer: shortAnswer,
    digest: digestOf(shortQuestion, shortAnswer),
    emailIds,
  };
}

// A statement must not insert a row twice.
function mergeSame(rows: readonly ReturnType<typeof toRow>[]): ReturnType<typeof toRow>[] {
  const byKey = Map.groupBy(rows, ({ digest, scope }) => `${digest} ${scope}`);
  return [...byKey.values()].flatMap((same) =>
    same.slice(0, 1).map((row) => ({ ...row, emailIds: same.flatMap(({ emailIds }) => emailIds) }))
  );
}

function tidy(text: string, max: number): string {
  return text.replaceAll("\0", "").toWellFormed().trim().slice(0, max).toWellFormed();
}
