import { apiKeysEraser } from "../access/delete_organization.ts";
import { aiCallsEraser, aiStatsEraser } from "../ai_usage/erase.ts";
import { audiencesEraser, recipientsEraser } from "../audiences/erase.ts";
import { bulkActionsEraser, itemsEraser } from "../bulk_actions/erase.ts";
import { contactsEraser } from "../contacts/erase.ts";
import { campaignsEraser, enrolmentsEraser } from "../campaigns/erase.ts";
import { batchesEraser, deliveriesEraser, minutesEraser } from "../deliveries/erase.ts";
import { emailsEraser, threadsEraser } from "../emails/erase.ts";
import type { Eraser } from "../eraser.ts";
import { inboundSecretsEraser } from "../inbound_routes/erase.ts";
import { suggestionsEraser } from "../inbox/erase.ts";
import {
  learnedEmailsEraser,
  learningFailuresEraser,
  learningRunsEraser,
} from "../learning/erase.ts";
import { jobsEraser, jobStatsEraser } from "../jobs/erase.ts";
import { factsEraser, topicsEraser } from "../knowledge/erase.ts";
import { messagesEraser } from "../messages/erase.ts";
import {
  notificationEventsEraser,
  notificationsEraser,
  notificationUsersEraser,
} from "../notifications/erase.ts";
import { affectedEraser, problemsEraser, reportsEraser } from "../problems/erase.ts";
import { ordersEraser } from "../orders/erase.ts";
import { outboxEraser, subscriptionsEraser } from "../outbox/erase.ts";
import { trialResultsEraser, trialsEraser } from "../prompt_trials/erase.ts";
import { promptsEraser, promptVersionsEraser } from "../prompts/erase.ts";
import { quotesEraser } from "../quotes/erase.ts";
import { firesEraser, schedulesEraser } from "../schedules/erase.ts";
import { suppressionsEraser } from "../suppressions/erase.ts";
import { templatesEraser } from "../templates/erase.ts";
import { callsEraser, endpointsEraser, listenersEraser } from "../webhooks/erase.ts";

/**
 * Erasers of all tables with rows of organizations, in the order in which they run: rows that refer to others
 * first.
 */
export const ERASERS: readonly Eraser[] = [
  schedulesEraser,
  firesEraser,
  subscriptionsEraser,
  outboxEraser,
  callsEraser,
  endpointsEraser,
  listenersEraser,
  aiCallsEraser,
  aiStatsEraser,
  jobsEraser,
  jobStatsEraser,
  itemsEraser,
  bulkActionsEraser,
  enrolmentsEraser,
  campaignsEraser,
  deliveriesEraser,
  minutesEraser,
  batchesEraser,
  messagesEraser,
  notificationEventsEraser,
  notificationsEraser,
  notificationUsersEraser,
  reportsEraser,
  affectedEraser,
  problemsEraser,
  recipientsEraser,
  audiencesEraser,
  quotesEraser,
  suggestionsEraser,
  learnedEmailsEraser,
  learningFailuresEraser,
  learningRunsEraser,
  factsEraser,
  topicsEraser,
  ordersEraser,
  emailsEraser,
  threadsEraser,
  contactsEraser,
  suppressionsEraser,
  templatesEraser,
  trialResultsEraser,
  trialsEraser,
  promptVersionsEraser,
  promptsEraser,
  inboundSecretsEraser,
  apiKeysEraser,
];
