import type { Noun } from "../id.ts";
import { kindWords } from "./kind_words.ts";
import type { NotificationLevel } from "./notification.ts";

/** Topics of notifications, with a description for users. */
export const TOPICS = {
  MESSAGES: "Messages and bulk actions on deliveries that you started.",
  CAMPAIGNS: "Campaigns that you created.",
  JOBS: "Jobs and bulk actions on jobs that you started.",
  LEARNING: "Learning from emails that you started.",
  PROBLEMS:
    "New problems and disabled webhook endpoints of the organization; for ADMIN and OPERATOR only.",
  BUDGET: "Budget of the organization for the language model; for ADMIN and OPERATOR only.",
} as const;

/** Topic of notifications. */
export type NotificationTopic = keyof typeof TOPICS;

/** Declaration of a kind of event. */
export interface EventKind {
  readonly topic: NotificationTopic;
  readonly level: NotificationLevel;
  /** Noun of the object. */
  readonly subject: Noun;
  /** Whether all ADMINs of the organization are notified, instead of the user of the object. */
  readonly forAdmins?: true;
  /** Title of one event, from the name of its object. */
  readonly title: (name: string) => string;
  /** Title of several events, from their number, at least 2. */
  readonly titleOfMany: (count: number) => string;
}

/** All kinds of events. A new one needs one line here, and is appended by `appendEvents` or `insertEventsFrom`. */
export const EVENT_KINDS = {
  MESSAGE_SENT: {
    topic: "MESSAGES",
    level: "SUCCESS",
    subject: "message",
    title: (name) => `Message “${name}” was sent`,
    titleOfMany: (count) => `${count} messages were sent`,
  },
  MESSAGE_PARTIALLY_SENT: {
    topic: "MESSAGES",
    level: "WARNING",
    subject: "message",
    title: (name) => `Message “${name}” was sent to some recipients only`,
    titleOfMany: (count) => `${count} messages were sent to some recipients only`,
  },
  MESSAGE_FAILED: {
    topic: "MESSAGES",
    level: "ERROR",
    subject: "message",
    title: (name) => `Message “${name}” failed`,
    titleOfMany: (count) => `${count} messages failed`,
  },
  MESSAGE_PAUSED: {
    topic: "MESSAGES",
    level: "WARNING",
    subject: "message",
    title: (name) => `Message “${name}” was paused`,
    titleOfMany: (count) => `${count} messages were paused`,
  },
  CAMPAIGN_SENT: {
    topic: "CAMPAIGNS",
    level: "SUCCESS",
    subject: "campaign",
    title: (name) => `Campaign “${name}” has ended`,
    titleOfMany: (count) => `${count} campaigns have ended`,
  },
  CAMPAIGN_PARTIALLY_SENT: {
    topic: "CAMPAIGNS",
    level: "WARNING",
    subject: "campaign",
    title: (name) => `Campaign “${name}” has ended, but some recipients failed`,
    titleOfMany: (count) => `${count} campaigns have ended with failed recipients`,
  },
  CAMPAIGN_FAILED: {
    topic: "CAMPAIGNS",
    level: "ERROR",
    subject: "campaign",
    title: (name) => `Campaign “${name}” has ended, and all recipients failed`,
    titleOfMany: (count) => `${count} campaigns have ended without a success`,
  },
  CAMPAIGN_PAUSED: {
    topic: "CAMPAIGNS",
    level: "WARNING",
    subject: "campaign",
    title: (name) => `Campaign “${name}” was paused`,
    titleOfMany: (count) => `${count} campaigns were paused`,
  },
  JOB_COMPLETED: {
    topic: "JOBS",
    level: "SUCCESS",
    subject: "job",
    title: (name) => `Job “${kindWords(name)}” was completed`,
    titleOfMany: (count) => `${count} jobs were completed`,
  },
  JOB_FAILED: {
    topic: "JOBS",
    level: "ERROR",
    subject: "job",
    title: (name) => `Job “${kindWords(name)}” failed`,
    titleOfMany: (count) => `${count} jobs failed`,
  },
  DELIVERY_ACTION_FINISHED: {
    topic: "MESSAGES",
    level: "SUCCESS",
    subject: "bulkAction",
    title: (name) => `Bulk action finished: ${name}`,
    titleOfMany: (count) => `${count} bulk actions on deliveries finished`,
  },
  DELIVERY_ACTION_STOPPED: {
    topic: "MESSAGES",
    level: "ERROR",
    subject: "bulkAction",
    title: (name) => `Bulk action stopped: ${name}`,
    titleOfMany: (count) => `${count} bulk actions on deliveries stopped`,
  },
  JOB_ACTION_FINISHED: {
    topic: "JOBS",
    level: "SUCCESS",
    subject: "bulkAction",
    title: (name) => `Bulk action finished: ${name}`,
    titleOfMany: (count) => `${count} bulk actions on jobs finished`,
  },
  JOB_ACTION_STOPPED: {
    topic: "JOBS",
    level: "ERROR",
    subject: "bulkAction",
    title: (name) => `Bulk action stopped: ${name}`,
    titleOfMany: (count) => `${count} bulk actions on jobs stopped`,
  },
  LEARNING_COMPLETED: {
    topic: "LEARNING",
    level: "SUCCESS",
    subject: "learningRun",
    title: (name) => `Learned from ${name}`,
    titleOfMany: (count) => `${count} learning runs were completed`,
  },
  LEARNING_PARTLY_COMPLETED: {
    topic: "LEARNING",
    level: "WARNING",
    subject: "learningRun",
    title: (name) => `Learned from ${name}, but not from all`,
    titleOfMany: (count) => `${count} learning runs were completed with failed mails`,
  },
  LEARNING_FAILED: {
    topic: "LEARNING",
    level: "ERROR",
    subject: "learningRun",
    title: (name) => `Learning from ${name} failed`,
    titleOfMany: (count) => `${count} learning runs failed`,
  },
  ENDPOINT_DISABLED: {
    topic: "PROBLEMS",
    level: "ERROR",
    subject: "webhookEndpoint",
    forAdmins: true,
    title: (name) => `Webhook endpoint ${name} was disabled`,
    titleOfMany: (count) => `${count} webhook endpoints were disabled`,
  },
  BUDGET_WARNING: {
    topic: "BUDGET",
    level: "WARNING",
    subject: "overview",
    forAdmins: true,
    title: (name) => `The ${name} budget of today is nearly used up`,
    titleOfMany: (count) => `The budget was nearly used up ${count} times`,
  },
  BUDGET_USED_UP: {
    topic: "BUDGET",
    level: "ERROR",
    subject: "overview",
    forAdmins: true,
    title: (name) => `The ${name} budget of today is used up: jobs wait until midnight`,
    titleOfMany: (count) => `The budget was used up ${count} times`,
  },
  PROBLEM_OPENED: {
    topic: "PROBLEMS",
    level: "ERROR",
    subject: "problem",
    forAdmins: true,
    title: (name) => `New problem: ${name}`,
    titleOfMany: (count) => `${count} new problems`,
  },
  PROBLEM_REOPENED: {
    topic: "PROBLEMS",
    level: "WARNING",
    subject: "problem",
    forAdmins: true,
    title: (name) => `Problem is open again: ${name}`,
    titleOfMany: (count) => `${count} problems are open again`,
  },
} as const satisfies Readonly<Record<string, EventKind>>;

/** Name of a kind of event. */
export type EventName = keyof typeof EVENT_KINDS;

/** Returns the kind of an event; undefined for one that only a newer version of the program has. */
export function eventKindOf(name: string): EventKind | undefined {
  const kinds: Readonly<Record<string, EventKind>> = EVENT_KINDS;
  return Object.hasOwn(kinds, name) ? kinds[name] : undefined;
}
