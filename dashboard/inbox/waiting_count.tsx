import { graphql } from "../api/graphql.ts";
import { formatCount } from "../kit/format.ts";
import { liveCountOf, useLiveCount } from "../kit/live_count.ts";

const WAITING_THREADS = liveCountOf({
  query: graphql(`
    query WaitingThreads {
      threads(filter: { answered: false }, first: 100) { totalCount nodes { id } }
    }
  `),
  page: ({ threads }) => threads,
  subscription: graphql(`
    subscription WaitingThreadsUpdated {
      threadsUpdated(filter: { answered: false }) { reset changed { id } removedIds }
    }
  `),
  changes: ({ threadsUpdated }) => threadsUpdated,
});

/** Number of threads that wait for an answer; nothing for zero. */
export function WaitingCount() {
  const count = useLiveCount(WAITING_THREADS);
  return count ? <span>{formatCount(count)}</span> : null;
}
