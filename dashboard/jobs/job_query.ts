import { graphql, type ResultOf } from "../api/graphql.ts";
import { JobFields } from "./job_fields.ts";

const JobDetailFields = graphql(
  `
  fragment JobDetailFields on Job {
    ...JobFields
    priority
    startedBy
    startedFrom { id }
    subject { __typename id }
    payload
    result
    canCancel
    canRetry
    waitingFor { reason text until }
    timeline { at state text worker { id host } }
    attempts { number startedAt finishedAt outcome error { type code message } worker { id host } }
    failures(first: 50) { nodes { itemId label error { type code message } } totalCount }
  }
`,
  [JobFields],
);

/** Reads a job with all that its page shows. */
export const JobQuery = graphql(
  `
  query Job($id: ID!) {
    job(id: $id) { ...JobDetailFields }
  }
`,
  [JobDetailFields],
);

/** Follows a job beyond its end, because it may be retried. The cache takes the changes. */
export const JobUpdated = graphql(
  `
  subscription JobUpdated($id: ID!) {
    jobUpdated(id: $id, untilFinished: false) { ...JobDetailFields }
  }
`,
  [JobDetailFields],
);

/** A job with all that its page shows. */
export type JobDetail = NonNullable<ResultOf<typeof JobQuery>["job"]>;
