import { statement } from "../../db/database.ts";
import type { Services } from "../services.ts";
import type { AiCallKind } from "./call.ts";

/** Mean size of the newest calls of a kind, for estimates. */
export interface TypicalCall {
  readonly model: string;
  /** Mean number of input tokens. */
  readonly inputTokens: number;
  /** Mean number of output tokens. */
  readonly outputTokens: number;
}

// The inner limit bounds the rows that are read, even if the kind is rare.
const TYPICAL = statement<[organizationId: string, kind: string], TypicalCall>(
  "aiCalls.typical",
  `select model, ceil(avg(input_tokens))::int as "inputTokens",
     ceil(avg(output_tokens))::int as "outputTokens"
   from (
     select * from ai_calls where organization_id = $1 order by id desc limit 2000
   ) newest
   where kind = $2 and outcome = 'SUCCEEDED' and input_tokens is not null
   group by model order by max(id::text) desc limit 1`,
);

/** Reads the mean size of the newest calls of a kind with its latest model; null without calls. */
export async function typicalCall(
  { db }: Pick<Services, "db">,
  organizationId: string,
  kind: AiCallKind,
): Promise<TypicalCall | null> {
  const [call] = await db.run(TYPICAL, organizationId, kind);
  return call ?? null;
}
