import { columnList, type TableOf } from "../../db/columns.ts";
import { queryBuilder, statement } from "../../db/database.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import { parseTypeId } from "../id.ts";
import { byId, listPage, type Page, type PageArgs } from "../page.ts";
import type { Services } from "../services.ts";
import type { AiCallKind, AiCallOutcome } from "./call.ts";

/** Request to the language model, without its contents. */
export interface AiCall {
  readonly id: string;
  readonly organizationId: string;
  readonly jobId: string | null;
  /** TypeID of the object that it is about; null: none. */
  readonly subject: string | null;
  readonly kind: AiCallKind;
  readonly model: string;
  readonly promptId: string | null;
  readonly startedAt: Date;
  /** Upper bound of the cost in millionths of a USD; null: the model has no price. */
  readonly reservedMicros: number | null;
  /** Null: it runs. */
  readonly outcome: AiCallOutcome | null;
  readonly inputTokens: number | null;
  readonly cachedInputTokens: number | null;
  readonly outputTokens: number | null;
  readonly reasoningTokens: number | null;
  /** Cost in millionths of a USD; null: unknown, or it runs. */
  readonly costMicros: number | null;
  readonly firstTokenMs: number | null;
  readonly durationMs: number | null;
  readonly errorType: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
}

/** Filter of a list of calls: fields are combined with AND, values of a field with OR. */
export interface AiCallFilter {
  /** TypeID of a job that made the call, or of the object that it is about. */
  readonly subjectId?: string | null;
  readonly kinds?: readonly AiCallKind[] | null;
  /** True: outcomes FAILED, TIMED_OUT, INVALID_ANSWER and UNKNOWN. */
  readonly failed?: boolean | null;
}

const COLUMNS = [
  "id",
  "organization_id as organizationId",
  "job_id as jobId",
  "subject",
  "kind",
  "model",
  "prompt_id as promptId",
  "started_at as startedAt",
  "reserved_micros as reservedMicros",
  "outcome",
  "input_tokens as inputTokens",
  "cached_input_tokens as cachedInputTokens",
  "output_tokens as outputTokens",
  "reasoning_tokens as reasoningTokens",
  "cost_micros as costMicros",
  "first_token_ms as firstTokenMs",
  "duration_ms as durationMs",
  "error_type as errorType",
  "error_code as errorCode",
  "error_message as errorMessage",
] as const;

interface Tables {
  ai_calls: TableOf<AiCall, typeof COLUMNS>;
}

const FAILED: readonly AiCallOutcome[] = ["INVALID_ANSWER", "FAILED", "TIMED_OUT", "UNKNOWN"];

const FIND = statement<[organizationId: string, ids: string[]], AiCall>(
  "aiCalls.find",
  `select ${columnList(COLUMNS)} from ai_calls where organization_id = $1 and id = any($2)`,
);

/**
 * Reads a page of the organization's calls of the language model, latest first.
 *
 * @throws {ForbiddenError} for a MEMBER
 * @throws {InvalidInputError} for page arguments out of range and cursors of another list
 */
export async function listAiCalls(
  { db }: Services,
  caller: Caller,
  { subjectId, kinds, failed }: AiCallFilter,
  page: PageArgs,
): Promise<Page<AiCall>> {
  requireAdmin(caller, "see the calls of the language model");
  let query = queryBuilder<Tables>().selectFrom("ai_calls").select(COLUMNS)
    .where("organization_id", "=", caller.organizationId);
  const job = subjectId == null ? null : parseTypeId(subjectId);
  if (job?.noun === "job") query = query.where("job_id", "=", job.id);
  else if (subjectId != null) query = query.where("subject", "=", subjectId);
  if (kinds) query = query.where("kind", "in", [...kinds]);
  if (failed) query = query.where("outcome", "in", [...FAILED]);
  return await listPage(db, query, byId("desc"), page);
}

/** Finds calls of the caller's organization by id; none for a MEMBER. */
export async function findAiCalls(
  { db }: Services,
  caller: Caller,
  ids: readonly string[],
): Promise<AiCall[]> {
  return caller.role === "MEMBER" ? [] : await db.run(FIND, caller.organizationId, [...ids]);
}
