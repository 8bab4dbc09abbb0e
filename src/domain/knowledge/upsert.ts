import { z } from "zod";
import { type Connection, statement } from "../../db/database.ts";
import { isUniqueViolation } from "../../db/sqlstate.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import { ConflictError, InvalidInputError, NotFoundError } from "../errors.ts";
import { newId, toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import { issuesOf } from "../validation.ts";
import { digestOf, type Fact, type FactKind, MAX_ANSWER, MAX_QUESTION } from "./fact.ts";
import { getFacts } from "./find.ts";
import { readScope } from "./scope.ts";

/** Input of `upsertFact`. */
export interface UpsertFactInput {
  /** Database id of the fact to change; null or absent: a new fact is added. */
  readonly id?: string | null;
  /** 1 to 1,000 characters; may be empty for a PREFERENCE. */
  readonly question: string;
  /** 1 to 5,000 characters. */
  readonly answer: string;
  /** See `readScope`. */
  readonly scope: string;
  /** Null or absent: FACT, or unchanged. */
  readonly kind?: FactKind | null;
}

type Fields = z.output<typeof schema>;

const text = (max: number) =>
  z.string().trim().max(max, `is longer than ${max} characters`)
    .refine((value) => !value.includes("\0"), "must not contain NUL characters")
    .transform((value) => value.toWellFormed());

const schema = z.object({
  question: text(MAX_QUESTION),
  answer: text(MAX_ANSWER).refine((value) => value !== "", {
    error: "is empty",
    params: { code: "REQUIRED" },
  }),
  scope: z.string().transform((value, context) => {
    const scope = readScope(value);
    if (scope !== null) return scope;
    const message = "must be all, topic:<name>, sender:<address> or domain:<domain>";
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  }),
  kind: z.enum(["FACT", "PREFERENCE"]).nullish(),
});

// Adding a proposed or dismissed fact approves it.
const ADD = statement<
  [
    id: string,
    organizationId: string,
    kind: FactKind,
    scope: string,
    question: string,
    answer: string,
    digest: string,
    userId: string | null,
  ],
  { id: string; created: boolean }
>(
  "facts.add",
  `insert into facts as f (id, organization_id, state, kind, scope, question, answer, digest, origin,
     decided_at, decided_by)
   values ($1, $2, 'APPROVED', $3, $4, $5, $6, $7, 'ADDED', now(), $8)
   on conflict (organization_id, digest, scope) do update set state = 'APPROVED', kind = excluded.kind,
     question = excluded.question, answer = excluded.answer, decided_at = now(),
     decided_by = excluded.decided_by, updated_at = now()
   returning f.id, xmax = 0 as created`,
);

// A correction by a person approves the fact.
const EDIT = statement<
  [
    id: string,
    organizationId: string,
    kind: FactKind | null,
    scope: string,
    question: string,
    answer: string,
    digest: string,
    userId: string | null,
  ],
  { id: string }
>(
  "facts.edit",
  `update facts set state = 'APPROVED', kind = coalesce($3, kind), scope = $4, question = $5, answer = $6,
     digest = $7, decided_at = now(), decided_by = $8, updated_at = now()
   where id = $1 and organization_id = $2
   returning id`,
);

/**
 * Adds an approved fact, or changes a fact, which approves it and keeps its evidence. Adding a fact that is already
 * stored with this scope approves it.
 *
 * @returns the fact; `created` is false if it was stored before
 * @throws {ForbiddenError} for a MEMBER
 * @throws {InvalidInputError} with every fault; nothing is written then
 * @throws {NotFoundError} for an unknown id
 * @throws {ConflictError} NAME_TAKEN if another fact has the same question, answer and scope
 */
export async function upsertFact(
  services: Services,
  caller: Caller,
  { id, ...input }: UpsertFactInput,
): Promise<{ fact: Fact; created: boolean }> {
  requireAdmin(caller, id == null ? "add facts" : "change facts");
  const parsed = schema.safeParse(input);
  const issues = issuesOf(parsed);
  if (input.question.trim() === "" && input.kind !== "PREFERENCE") {
    issues.push({ path: ["question"], code: "REQUIRED", message: "is empty" });
  }
  if (!parsed.success || issues.length > 0) throw new InvalidInputError(issues);
  const written = id == null
    ? await add(services.db, caller, parsed.data)
    : { id: await edit(services.db, caller, id, parsed.data), created: false };
  services.bus.publish("facts", caller.organizationId, [written.id]);
  const [fact] = await getFacts(services, caller, [written.id]);
  if (!fact) throw new NotFoundError([toTypeId("fact", written.id)]);
  return { fact, created: written.created };
}

async function add(
  db: Connection,
  { organizationId, userId }: Caller,
  { kind, scope, question, answer }: Fields,
): Promise<{ id: string; created: boolean }> {
  const digest = digestOf(question, answer);
  const [row] = await db.run(
    ADD,
    newId(),
    organizationId,
    kind ?? "FACT",
    scope,
    question,
    answer,
    digest,
    userId,
  );
  if (!row) throw new Error("The fact was not written");
  return row;
}

async function edit(
  db: Connection,
  { organizationId, userId }: Caller,
  id: string,
  { kind, scope, question, answer }: Fields,
): Promise<string> {
  const typeId = toTypeId("fact", id);
  const digest = digestOf(question, answer);
  try {
    const [row] = await db.run(
      EDIT,
      id,
      organizationId,
      kind ?? null,
      scope,
      question,
      answer,
      digest,
      userId,
    );
    if (!row) throw new NotFoundError([typeId]);
    return row.id;
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    const reason = `Cannot change fact ${typeId}: another fact has this question, answer and scope`;
    throw new ConflictError("NAME_TAKEN", reason);
  }
}
