import { useQuery } from "urql";
import { graphql, type VariablesOf } from "../api/graphql.ts";
import { formatMoney } from "../kit/format.ts";

const AiCostEstimate = graphql(`
  query AiCostEstimate($kind: AiCallKind!, $callCount: Int!) {
    aiCostEstimate(kind: $kind, callCount: $callCount) { amount currency }
  }
`);

/** Estimated cost of calls, from the newest ones: "about $0.05". Renders nothing if it cannot be estimated. */
export function CostEstimate(variables: VariablesOf<typeof AiCostEstimate>) {
  const [{ data }] = useQuery({ query: AiCostEstimate, variables });
  const cost = data?.aiCostEstimate;
  return cost && <span className="dimmed numbers">{`about ${formatMoney(cost)}`}</span>;
}
