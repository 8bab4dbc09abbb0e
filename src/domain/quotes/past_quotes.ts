import { statement } from "../../db/database.ts";
import type { PastInput, PastInputs, RepeatedRequest } from "../prompts/past_inputs.ts";
import { type EstimateAnswer, estimateOf } from "./answer.ts";
import { estimateRequest } from "./estimate_request.ts";
import { quotesById } from "./find.ts";
import type { Estimate } from "./quote.ts";

const NEWEST = statement<[organizationId: string, limit: number], PastInput>(
  "quotes.newestEstimated",
  `select id, contact_id as "contactId" from quotes
   where organization_id = $1 and estimate is not null order by id desc limit $2`,
);

/** Past inputs of the prompt `quote`: quotes with an estimate. */
export const pastQuotes: PastInputs = {
  noun: "quote",
  kind: "QUOTE",
  newest: ({ db }, organizationId, limit) => db.run(NEWEST, organizationId, limit),
  async repeat(services, organizationId, id, prompt) {
    const [quote] = await quotesById(services, { organizationId }, [id]);
    if (!quote?.estimate) return null;
    const repeated: RepeatedRequest<EstimateAnswer> = {
      ...await estimateRequest(services, quote, { ...prompt, name: "quote" }),
      before: formatEstimate(quote.estimate),
      format: (answer) => formatEstimate(estimateOf(answer)),
    };
    return repeated;
  },
};

/** Writes an estimate as text, one line for each item. */
function formatEstimate({ currency, lineItems, total, notes }: Estimate): string {
  const items = lineItems.map(({ quantity, description, unitPrice }) =>
    `${quantity} × ${description}: ${unitPrice}`
  );
  return [`Total: ${total} ${currency}`, "", ...items, ...notes ? ["", notes] : []].join("\n");
}
