import { Failure, graphql, type ResultOf } from "../api/graphql.ts";

/** Reads the settings of notifications. */
export const SettingsQuery = graphql(`
  query NotificationSettings {
    viewer {
      id
      notificationSettings { topic inApp byMail }
      notificationEmail
      notificationAddress
    }
  }
`);

/** Settings of the signed-in user. */
export type Settings = ResultOf<typeof SettingsQuery>["viewer"];

/** Topic of notifications. */
export type Topic = Settings["notificationSettings"][number]["topic"];

/** Changes settings of topics, and the address for mails. */
export const UpdateSettings = graphql(
  `
  mutation UpdateNotificationSettings($input: [NotificationSettingInput!]!, $email: String) {
    updateNotificationSettings(input: $input, email: $email) {
      __typename
      ... on UpdateNotificationSettingsPayload {
        viewer {
          id
          notificationSettings { topic inApp byMail }
          notificationEmail
          notificationAddress
        }
      }
      ...Failure
    }
  }
`,
  [Failure],
);

/** Topics that only ADMINs are notified of. */
export const ADMIN_TOPICS: ReadonlySet<Topic> = new Set(["PROBLEMS", "BUDGET"]);

/** Events of each topic, for people. */
export const TOPIC_TEXTS: Readonly<Record<Topic, string>> = {
  MESSAGES: "Your messages end, fail or are paused; your bulk actions on deliveries end.",
  CAMPAIGNS: "Your campaigns end or are paused.",
  JOBS: "Your jobs and your bulk actions on jobs end or fail.",
  LEARNING: "Learning from emails that you started ends or fails.",
  PROBLEMS: "A problem of the organization is new, or opens again.",
  BUDGET: "The budget for the language model is nearly used up, or used up.",
};
