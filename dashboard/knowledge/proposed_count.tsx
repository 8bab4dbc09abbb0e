import { graphql } from "../api/graphql.ts";
import { formatCount } from "../kit/format.ts";
import { liveCountOf, useLiveCount } from "../kit/live_count.ts";

const PROPOSED_FACTS = liveCountOf({
  query: graphql(`
    query ProposedFactsCount {
      knowledge { id facts(states: [PROPOSED], first: 100) { totalCount nodes { id } } }
    }
  `),
  page: ({ knowledge }) => knowledge.facts,
  subscription: graphql(`
    subscription ProposedFactsUpdated {
      factsUpdated(states: [PROPOSED]) { reset changed { id } removedIds }
    }
  `),
  changes: ({ factsUpdated }) => factsUpdated,
});

/** Number of PROPOSED facts; nothing for zero. */
export function ProposedCount() {
  const count = useLiveCount(PROPOSED_FACTS);
  return count ? <span>{formatCount(count)}</span> : null;
}
