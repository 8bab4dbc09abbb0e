import { graphql, type ResultOf } from "../api/graphql.ts";

const OverviewFields = graphql(`
  fragment OverviewFields on Overview {
    id
    queue {
      byStatus { status count }
      byLane {
        lane queued later processing failed capped oldestQueuedAt perMinute p95Ms
        slots running paused pausedAt pausedBy
      }
    }
    deliveries {
      perMinute { at sent failed bounced }
      successFraction
      errorTypes { errorType count fraction }
      pendingByType { type count capped }
    }
    ai {
      callCount running failed
      cost { amount currency }
      budget { amount currency }
      spent { amount currency }
      reserved { amount currency }
      pausedUntil warnAtFraction
    }
    quotes {
      byStatus { status count }
      customerSent
      customerFailed
      adminSent
      adminFailed
      needRetry
      retrySuccessFraction
    }
    processor { running intervalMs batchSize lastCycleAt lastCycleByType { type count } }
  }
`);

/** Reads the state of the organization. */
export const OverviewQuery = graphql(
  `
  query Overview {
    overview { ...OverviewFields }
  }
`,
  [OverviewFields],
);

/** Follows the state of the organization. The cache takes the changes. */
export const OverviewUpdated = graphql(
  `
  subscription OverviewUpdated {
    overviewUpdated { ...OverviewFields }
  }
`,
  [OverviewFields],
);

/** State of the organization. */
export type Overview = ResultOf<typeof OverviewFields>;

/** State of one lane. */
export type LaneState = Overview["queue"]["byLane"][number];

/** Results of one minute. */
export type MinutePoint = Overview["deliveries"]["perMinute"][number];
