import { Failure, graphql } from "../api/graphql.ts";
import { ScheduleFields } from "./schedule_fields.ts";

/** Runs a schedule now. */
export const RunSchedule = graphql(
  `
  mutation RunSchedule($id: ID!) {
    runSchedule(id: $id) {
      __typename
      ... on RunSchedulePayload { schedule { ...ScheduleFields } job { id } created }
      ...Failure
    }
  }
`,
  [ScheduleFields, Failure],
);

/** Changes a schedule, or pauses it. */
export const UpdateSchedule = graphql(
  `
  mutation UpdateSchedule($id: ID!, $input: UpdateScheduleInput!) {
    updateSchedule(id: $id, input: $input) {
      __typename
      ... on UpdateSchedulePayload { schedule { ...ScheduleFields nextTicks } }
      ...Failure
    }
  }
`,
  [ScheduleFields, Failure],
);

/** Creates a schedule. */
export const CreateSchedule = graphql(
  `
  mutation CreateSchedule($input: CreateScheduleInput!) {
    createSchedule(input: $input) {
      __typename
      ... on CreateSchedulePayload { schedule { ...ScheduleFields } created }
      ...Failure
    }
  }
`,
  [ScheduleFields, Failure],
);

/** Deletes a schedule with its history. */
export const DeleteSchedule = graphql(
  `
  mutation DeleteSchedule($id: ID!) {
    deleteSchedule(id: $id) {
      __typename
      ... on DeleteSchedulePayload { scheduleId }
      ...Failure
    }
  }
`,
  [Failure],
);

/** Explains a cron expression. */
export const SchedulePreviewQuery = graphql(
  `
  query SchedulePreview($cron: String!, $timezone: String!) {
    schedulePreview(cron: $cron, timezone: $timezone) {
      __typename
      ... on SchedulePreview { words nextTicks }
      ...Failure
    }
  }
`,
  [Failure],
);
