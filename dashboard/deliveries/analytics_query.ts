import { graphql, type ResultOf } from "../api/graphql.ts";

/** Reads the results of all attempts in a period. */
export const DeliveryAnalyticsQuery = graphql(`
  query DeliveryAnalytics(
    $from: DateTime!, $to: DateTime!, $bucket: TimeBucket!, $timezone: String
  ) {
    deliveryAnalytics(from: $from, to: $to) {
      successFraction
      suppressed
      errorTypes { errorType count fraction }
      series(bucket: $bucket, timezone: $timezone) { at done: sent failed }
      retryEffectiveness { attemptNumber sent failed }
      messages(first: 100) {
        nodes { message { id title type } sent failed suppressed successFraction }
        pageInfo { hasNextPage }
      }
    }
  }
`);

/** Results of all attempts in a period. */
export type Analytics = ResultOf<typeof DeliveryAnalyticsQuery>["deliveryAnalytics"];

/** Reports that results have changed. */
export const ResultsChanged = graphql(`
  subscription ResultsChanged {
    messagesUpdated { changed { id } }
  }
`);
