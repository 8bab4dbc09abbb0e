import { TOPICS } from "../../src/domain/notifications/events.ts";
import { builder } from "../kit/builder.ts";

export const NotificationLevel = builder.enumType("NotificationLevel", {
  description: "Severity of a notification.",
  values: {
    INFO: { description: "Something began." },
    SUCCESS: { description: "Something ended without a failure." },
    WARNING: { description: "Something ended in part, or waits for a person." },
    ERROR: { description: "Something failed." },
  },
});

export const NotificationTopic = builder.enumType("NotificationTopic", {
  description: "Topic of notifications; each has settings of its own.",
  values: {
    MESSAGES: { description: TOPICS.MESSAGES },
    CAMPAIGNS: { description: TOPICS.CAMPAIGNS },
    JOBS: { description: TOPICS.JOBS },
    PROBLEMS: { description: TOPICS.PROBLEMS },
    LEARNING: { description: TOPICS.LEARNING },
    BUDGET: { description: TOPICS.BUDGET },
  },
});
