import { graphql, type ResultOf } from "../../api/graphql.ts";
import { liveListOf } from "../../kit/live_list.ts";

/** Reads a page of the mails that can be learned from. */
export const LearnableEmailsQuery = graphql(`
  query LearnableEmails($filter: LearnableEmailFilter, $first: Int, $after: String) {
    learnableEmails(filter: $filter, first: $first, after: $after) {
      nodes { id subject to receivedAt learnedAt }
      totalCount
      pageInfo { hasNextPage endCursor }
    }
  }
`);

/** A mail that can be learned from. */
export type LearnableEmail = ResultOf<
  typeof LearnableEmailsQuery
>["learnableEmails"]["nodes"][number];

/** The mails that can be learned from, newest first. */
export const LEARNABLE_EMAILS = liveListOf({
  query: LearnableEmailsQuery,
  page: ({ learnableEmails }) => learnableEmails,
  subscription: null,
  changes: () => ({ reset: true, changed: [], removedIds: [] }),
});
