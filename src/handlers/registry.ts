import type { JobPayloads } from "../domain/jobs/kinds.ts";
import type { Services } from "../domain/services.ts";
import type { ModelCaller } from "../sending/model_caller.ts";
import type { OpenWebhookSender } from "../sending/webhook_sender.ts";
import type { Handlers } from "../queue/handler.ts";
import { cleanupHandler, type Retention } from "./cleanup.ts";
import { cleanupDeliveriesHandler } from "./cleanup_deliveries.ts";
import { deleteOrganizationHandler } from "./delete_organization.ts";
import { learnEmailsHandler } from "./learn_emails.ts";
import { embedFactsHandler } from "./embed_facts.ts";
import { enrolContactsHandler } from "./enrol_contacts.ts";
import { deliverEventsHandler } from "./deliver_events.ts";
import { eraseContactHandler } from "./erase_contact.ts";
import { eraseUserHandler } from "./erase_user.ts";
import { processQuoteHandler } from "./process_quote.ts";
import { processQuotesHandler } from "./process_quotes.ts";
import { regenerateSuggestionsHandler } from "./regenerate_suggestions.ts";
import { retryQuoteEmailsHandler } from "./retry_quote_emails.ts";
import { releaseStaleLocksHandler } from "./release_stale_locks.ts";
import { planMessageHandler } from "./plan_message.ts";
import { removeRecipientsHandler } from "./remove_recipients.ts";
import { retryFailedHandler } from "./retry_failed.ts";
import { runBulkActionHandler } from "./run_bulk_action.ts";
import { sendBatchHandler, type SendBatchOptions } from "./send_batch.ts";
import { sendDueHandler } from "./send_due.ts";
import { suggestReplyHandler } from "./suggest_reply.ts";
import { reviewEditHandler } from "./review_edit.ts";
import { tryPromptHandler } from "./try_prompt.ts";

/** Options of all handlers. */
export interface HandlerOptions extends SendBatchOptions {
  readonly retention: Retention;
  readonly openWebhookSender: OpenWebhookSender;
  readonly modelCaller: ModelCaller;
}

/** Creates the handlers of all kinds of jobs. */
export function createHandlers(services: Services, options: HandlerOptions): Handlers<JobPayloads> {
  return {
    PLAN_MESSAGE: planMessageHandler(services),
    SEND_BATCH: sendBatchHandler(services, options),
    REMOVE_RECIPIENTS: removeRecipientsHandler(services),
    SEND_DUE: sendDueHandler(services),
    ENROL_CONTACTS: enrolContactsHandler(services),
    RETRY_FAILED: retryFailedHandler(services),
    CLEANUP: cleanupHandler(services, options.retention),
    CLEANUP_DELIVERIES: cleanupDeliveriesHandler(services),
    RUN_BULK_ACTION: runBulkActionHandler(services),
    TRY_PROMPT: tryPromptHandler(services, options.modelCaller),
    LEARN_EMAILS: learnEmailsHandler(services, options.modelCaller),
    REVIEW_EDIT: reviewEditHandler(services, options.modelCaller),
    PROCESS_QUOTE: processQuoteHandler(services, options.modelCaller),
    SUGGEST_REPLY: suggestReplyHandler(services, options.modelCaller),
    REGENERATE_SUGGESTIONS: regenerateSuggestionsHandler(services),
    EMBED_FACTS: embedFactsHandler(services),
    PROCESS_QUOTES: processQuotesHandler(services),
    RETRY_QUOTE_EMAILS: retryQuoteEmailsHandler(services),
    RELEASE_STALE_LOCKS: releaseStaleLocksHandler(services),
    DELIVER_EVENTS: deliverEventsHandler(options.openWebhookSender),
    ERASE_CONTACT: eraseContactHandler(services),
    ERASE_USER: eraseUserHandler(services),
    DELETE_ORGANIZATION: deleteOrganizationHandler(services),
  };
}
