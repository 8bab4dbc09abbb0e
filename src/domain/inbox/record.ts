import { getLogger } from "@logtape/logtape";
import { statement } from "../../db/database.ts";
import { toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import type { GroundSource } from "./ground.ts";
import type { Reply } from "./reply_answer.ts";
import {
  type ClaimParameters,
  HELD,
  parametersOf,
  publishWritten,
  type WritingClaim,
} from "./writing.ts";

const log = getLogger(["waybill", "inbox"]);

/** Reply of the model, with its sources and cost. */
export interface WrittenReply extends Reply {
  /** Sources that it used, most important first. */
  readonly sources: readonly GroundSource[];
  readonly promptId: string;
  readonly model: string;
  readonly aiCallId: string;
  /** In millionths of the currency; null: not known. */
  readonly costMicros: bigint | null;
  /** Null: the server sent none. */
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number } | null;
}

const RECORD = statement<
  [...ClaimParameters, reply: string, noDraftReason: string | null],
  { threadId: string; ms: number }
>(
  "suggestions.record",
  `with r as (
     select * from json_to_record($4::json) as r(text text, topic text, missing text[], confidence real,
       "promptId" uuid, model text, "aiCallId" uuid, "costMicros" bigint, "inputTokens" int,
       "outputTokens" int, sources json)
   ),
   recorded as (
     update suggestions s set
       status = case when $5::text is null then 'READY' else 'FAILED' end, no_draft_reason = $5,
       text = case when $5::text is null then r.text else '' end, topic = r.topic, missing = r.missing,
       confidence = r.confidence, prompt_id = r."promptId", model = r.model, ai_call_id = r."aiCallId",
       cost_micros = r."costMicros", input_tokens = r."inputTokens", output_tokens = r."outputTokens",
       written_at = now()
     from r where ${HELD}
     returning s.id, s.organization_id, s.thread_id, s.started_at, s.written_at
   ),
   sources as (
     insert into suggestion_sources (suggestion_id, organization_id, position, fact_id, order_id, email_id,
       text)
     select c.id, c.organization_id, x.position, x."factId", x."orderId", x."emailId", x.text
     from recorded c, r, json_to_recordset(r.sources) as x(position int, "factId" uuid, "orderId" uuid,
       "emailId" uuid, text text)
   )
   select thread_id as "threadId", extract(epoch from written_at - started_at)::float8 * 1000 as ms
   from recorded`,
);

/**
 * Stores the reply of the model with its sources, and ends the claim. A stale claim changes nothing.
 *
 * @param minConfidence below it no text is stored, but `noDraftReason`
 */
export async function recordReply(
  services: Services,
  claim: WritingClaim,
  reply: WrittenReply,
  minConfidence: number,
): Promise<void> {
  const noDraftReason = reasonAgainst(reply, minConfidence);
  const parameter = JSON.stringify(rowOf(reply));
  const rows = await services.db.run(RECORD, ...parametersOf(claim), parameter, noDraftReason);
  publishWritten(services, claim, rows);
  const [row] = rows;
  if (!row) return;
  const properties = {
    suggestionId: toTypeId("suggestion", claim.suggestionId),
    ms: Math.round(row.ms),
  };
  const outcome = noDraftReason === null ? "stored" : "has no draft";
  log.info(`Suggestion {suggestionId} ${outcome} after {ms} ms`, properties);
}

function reasonAgainst({ text, confidence }: Reply, minConfidence: number): string | null {
  if (text === "") return "The language model could not answer the mail.";
  if (confidence >= minConfidence) return null;
  return `The confidence of the language model is ${percent(confidence)}, ` +
    `below the minimum of ${percent(minConfidence)}.`;
}

function percent(fraction: number): string {
  return `${Math.round(fraction * 100)} %`;
}

function rowOf({ usage, sources, costMicros, ...reply }: WrittenReply): Record<string, unknown> {
  return {
    ...reply,
    inputTokens: usage?.inputTokens ?? null,
    outputTokens: usage?.outputTokens ?? null,
    costMicros: costMicros === null ? null : Number(costMicros),
    sources: sources.map(({ kind, id, text }, index) => ({
      position: index + 1,
      [`${kind}Id`]: id,
      text,
    })),
  };
}
