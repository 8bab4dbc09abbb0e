import { graphql, type ResultOf } from "../api/graphql.ts";
import { liveListOf } from "../kit/live_list.ts";

/** Fields of a schedule that lists and its page show. */
export const ScheduleFields = graphql(`
  fragment ScheduleFields on Schedule {
    id
    name
    description
    kind
    payload
    cron
    intervalMs
    words
    timezone
    enabled
    builtIn
    canChange
    nextAt
    recentFires { nominalAt firedAt outcome }
  }
`);

/** A schedule as lists and its page show it. */
export type Schedule = ResultOf<typeof ScheduleFields>;

/** Outcome of a fire. */
export type FireOutcome = Schedule["recentFires"][number]["outcome"];

/** Reads a page of schedules. */
export const SchedulesQuery = graphql(
  `
  query Schedules($first: Int, $after: String) {
    schedules(first: $first, after: $after) {
      nodes { ...ScheduleFields }
      totalCount
      pageInfo { hasNextPage endCursor }
    }
  }
`,
  [ScheduleFields],
);

/** Follows all schedules. */
export const SchedulesUpdated = graphql(
  `
  subscription SchedulesUpdated {
    schedulesUpdated { reset changed { ...ScheduleFields } removedIds }
  }
`,
  [ScheduleFields],
);

/** The live list of schedules, by name. */
export const SCHEDULES = liveListOf({
  query: SchedulesQuery,
  page: ({ schedules }) => schedules,
  subscription: SchedulesUpdated,
  changes: ({ schedulesUpdated }) => schedulesUpdated,
});

/** Reads one schedule with its next ticks. */
export const ScheduleQuery = graphql(
  `
  query Schedule($id: ID!) {
    schedule(id: $id) { ...ScheduleFields nextTicks createdAt createdBy }
  }
`,
  [ScheduleFields],
);

/** A schedule with its next ticks. */
export type ScheduleDetail = NonNullable<ResultOf<typeof ScheduleQuery>["schedule"]>;

/** Follows one schedule. */
export const ScheduleUpdated = graphql(
  `
  subscription ScheduleUpdated($id: ID!) {
    nodeUpdated(id: $id) {
      id
      ... on Schedule { ...ScheduleFields nextTicks createdAt createdBy }
    }
  }
`,
  [ScheduleFields],
);
