import { graphql, type ResultOf } from "../api/graphql.ts";
import { liveListOf } from "../kit/live_list.ts";

/** Fields of a thread that lists show. */
export const ThreadFields = graphql(`
  fragment ThreadFields on Thread {
    id
    subject
    contactEmail
    contactName
    contact { id vip }
    lastMessageAt
    answered
    suggestion { id status confidence editedText }
  }
`);

/** A thread as lists show it. */
export type ThreadRow = ResultOf<typeof ThreadFields>;

/** Reads a page of threads. */
export const ThreadsQuery = graphql(
  `
  query Threads($filter: ThreadFilter, $first: Int, $after: String) {
    threads(filter: $filter, first: $first, after: $after) {
      nodes { ...ThreadFields }
      totalCount
      pageInfo { hasNextPage endCursor }
    }
  }
`,
  [ThreadFields],
);

const ThreadsUpdated = graphql(
  `
  subscription ThreadsUpdated($filter: ThreadFilter) {
    threadsUpdated(filter: $filter) { reset changed { ...ThreadFields } removedIds }
  }
`,
  [ThreadFields],
);

/** The list of threads: unanswered ones first, then newest first. */
export const THREADS = liveListOf({
  query: ThreadsQuery,
  page: ({ threads }) => threads,
  subscription: ThreadsUpdated,
  changes: ({ threadsUpdated }) => threadsUpdated,
});

/** Name of the other party of a thread, or else its address. */
export function partyOf({ contactName, contactEmail }: ThreadRow): string {
  return contactName ?? contactEmail;
}

/** Subject of a thread for people. */
export function subjectOf({ subject }: Pick<ThreadRow, "subject">): string {
  return subject || "(no subject)";
}
