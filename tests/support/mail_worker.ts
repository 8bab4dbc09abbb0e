import { statement } from "../../src/db/database.ts";
import type { MessageChannel } from "../../src/domain/channel.ts";
import { newId } from "../../src/domain/id.ts";
import {
  type ClaimedJob,
  claimJobs,
  promoteDueJobs,
  readPartitions,
} from "../../src/domain/jobs/claim.ts";
import { JOB_KINDS } from "../../src/domain/jobs/kinds.ts";
import { type Lane, SLOT_SIZE } from "../../src/domain/jobs/lane.ts";
import { registerWorker, rescueOrphans } from "../../src/domain/jobs/lease.ts";
import type { Services } from "../../src/domain/services.ts";
import { Completer } from "../../src/queue/completer.ts";
import { bindHandlers, type BoundHandler } from "../../src/queue/handler.ts";
import { type AbortCause } from "../../src/domain/jobs/abort.ts";
import { LiveModelCaller } from "../../src/sending/ask_model.ts";
import type { ModelCaller } from "../../src/sending/model_caller.ts";
import { ContentCache } from "../../src/sending/content_cache.ts";
import type { ChannelSlot } from "../../src/sending/provider_pool.ts";
import { Window } from "../../src/sending/window.ts";
import { deleteOrganizationHandler } from "../../src/handlers/delete_organization.ts";
import { enrolContactsHandler } from "../../src/handlers/enrol_contacts.ts";
import { eraseContactHandler } from "../../src/handlers/erase_contact.ts";
import { eraseUserHandler } from "../../src/handlers/erase_user.ts";
import { learnEmailsHandler } from "../../src/handlers/learn_emails.ts";
import { planMessageHandler } from "../../src/handlers/plan_message.ts";
import { processQuoteHandler } from "../../src/handlers/process_quote.ts";
import { processQuotesHandler } from "../../src/handlers/process_quotes.ts";
import { retryQuoteEmailsHandler } from "../../src/handlers/retry_quote_emails.ts";
import { releaseStaleLocksHandler } from "../../src/handlers/release_stale_locks.ts";
import { regenerateSuggestionsHandler } from "../../src/handlers/regenerate_suggestions.ts";
import { retryFailedHandler } from "../../src/handlers/retry_failed.ts";
import { runBulkActionHandler } from "../../src/handlers/run_bulk_action.ts";
import { sendBatchHandler } from "../../src/handlers/send_batch.ts";
import { sendDueHandler } from "../../src/handlers/send_due.ts";
import { suggestReplyHandler } from "../../src/handlers/suggest_reply.ts";
import { reviewEditHandler } from "../../src/handlers/review_edit.ts";
import { tryPromptHandler } from "../../src/handlers/try_prompt.ts";
import { RunningJobs } from "../../src/queue/running_jobs.ts";
import { WakeSignal } from "../../src/queue/wake_signal.ts";
import { expireLease } from "./jobs.ts";

/** A worker that claims, runs and settles jobs only when it is called. */
export interface MailWorker {
  readonly id: string;
  /** Claims up to `count` queued jobs. */
  claim(count?: number): Promise<ClaimedJob[]>;
  start(jobs: readonly ClaimedJob[]): void;
  /** Fires the signals of all running jobs. */
  abort(why: AbortCause): void;
  /** Returns once all running jobs have ended and are settled. */
  untilIdle(): Promise<void>;
  /** Claims, runs and settles until nothing is queued. Jobs that are not due yet stay. */
  runQueued(): Promise<void>;
  /** Expires its lease and rescues its jobs, so that all its later writes are stale. */
  loseLease(): Promise<void>;
}

/** Options of a mail worker. */
export interface MailWorkerOptions {
  readonly channel: ChannelSlot["channel"];
  /** Absent: not configured. */
  readonly messenger?: ChannelSlot["channel"];
  /** Maximum number of deliveries in flight per batch. */
  readonly window?: number;
  /** Maximum number of deliveries in flight of all batches together. */
  readonly places?: number;
  /** Absent: none is configured. */
  readonly model?: ModelCaller;
}

const LANES: Lane[] = ["TRANSACTIONAL", "AI", "LEARNING", "BULK", "SYSTEM"];
const SLOTS = 4;
const PUBLIC_URL = "https://mail.example.com";

const MAKE_DUE = statement<[]>(
  "test.makeDeliveriesDue",
  `with d as (update deliveries set not_before = now() where not_before > now())
   update jobs set run_at = now() where status = 'SCHEDULED' and run_at <> 'infinity'`,
);

/** Handlers of the jobs of messages. */
export function mailHandlers(
  services: Services,
  options: MailWorkerOptions,
): ReadonlyMap<string, BoundHandler> {
  const { channel, messenger, window = 4, places = 100 } = options;
  const { model = new LiveModelCaller(services, null) } = options;
  const contents = new ContentCache(services);
  const windows = { urgent: new Window(() => places), normal: new Window(() => places) };
  const slots = new Map<MessageChannel, ChannelSlot>([["EMAIL", { channel, window, windows }]]);
  if (messenger) slots.set("MESSENGER", { channel: messenger, window, windows });
  const { DELETE_ORGANIZATION, ENROL_CONTACTS, ERASE_CONTACT, ERASE_USER, LEARN_EMAILS } =
    JOB_KINDS;
  const {
    PLAN_MESSAGE,
    RETRY_FAILED,
    RUN_BULK_ACTION,
    SEND_BATCH,
    SEND_DUE,
    SUGGEST_REPLY,
    REGENERATE_SUGGESTIONS,
  } = JOB_KINDS;
  const { PROCESS_QUOTE, PROCESS_QUOTES, RELEASE_STALE_LOCKS, RETRY_QUOTE_EMAILS, TRY_PROMPT } =
    JOB_KINDS;
  const kinds = {
    DELETE_ORGANIZATION,
    ENROL_CONTACTS,
    ERASE_CONTACT,
    ERASE_USER,
    LEARN_EMAILS,
    PLAN_MESSAGE,
    PROCESS_QUOTE,
    PROCESS_QUOTES,
    RELEASE_STALE_LOCKS,
    RETRY_QUOTE_EMAILS,
    RETRY_FAILED,
    RUN_BULK_ACTION,
    SEND_BATCH,
    SEND_DUE,
    SUGGEST_REPLY,
    REGENERATE_SUGGESTIONS,
    REVIEW_EDIT: JOB_KINDS.REVIEW_EDIT,
    TRY_PROMPT,
  };
  return bindHandlers(kinds, {
    ERASE_CONTACT: eraseContactHandler(services),
    ERASE_USER: eraseUserHandler(services),
    DELETE_ORGANIZATION: deleteOrganizationHandler(services),
    ENROL_CONTACTS: enrolContactsHandler(services),
    LEARN_EMAILS: learnEmailsHandler(services, model),
    PLAN_MESSAGE: planMessageHandler(services),
    PROCESS_QUOTE: processQuoteHandler(services, model),
    PROCESS_QUOTES: processQuotesHandler(services),
    RELEASE_STALE_LOCKS: releaseStaleLocksHandler(services),
    RETRY_QUOTE_EMAILS: retryQuoteEmailsHandler(services),
    RETRY_FAILED: retryFailedHandler(services),
    RUN_BULK_ACTION: runBulkActionHandler(services),
    SEND_DUE: sendDueHandler(services),
    REGENERATE_SUGGESTIONS: regenerateSuggestionsHandler(services),
    SUGGEST_REPLY: suggestReplyHandler(services, model),
    REVIEW_EDIT: reviewEditHandler(services, model),
    TRY_PROMPT: tryPromptHandler(services, model),
    SEND_BATCH: sendBatchHandler(services, {
      slots,
      contents,
      sending: new Set(),
      publicUrl: PUBLIC_URL,
    }),
  });
}

/** Registers a worker with the handlers of messages. */
export async function startMailWorker(
  services: Services,
  options: MailWorkerOptions,
): Promise<MailWorker> {
  const id = newId();
  await registerWorker(services, id, "test", new Map());
  const wake = new WakeSignal();
  const completer = new Completer(services, wake);
  const running = new RunningJobs(mailHandlers(services, options), (end) => completer.add(end));

  const claim = async (count = SLOTS) => {
    const cursors = LANES.map((lane) => ({ lane, after: null }));
    const keys = await readPartitions(services, cursors, 100);
    return await claimJobs(
      services,
      id,
      keys.map((key) => ({ ...key, size: SLOT_SIZE * count, count })),
    );
  };
  const start = (jobs: readonly ClaimedJob[]) => jobs.forEach((job) => running.start(job));
  const untilIdle = async () => {
    while (running.size > 0) await wake.wait(1_000);
    await completer.settle();
  };
  return {
    id,
    claim,
    start,
    untilIdle,
    abort: (why) => running.abort(null, why),
    async runQueued() {
      for (let jobs = await claim(); jobs.length > 0; jobs = await claim()) {
        start(jobs);
        await untilIdle();
      }
    },
    async loseLease() {
      await expireLease(services.db, id);
      await rescueOrphans(services);
    },
  };
}

/** Makes all scheduled jobs and deliveries due now, except parked jobs. */
export async function makeDue(services: Services): Promise<void> {
  await services.db.run(MAKE_DUE);
  await promoteDueJobs(services, 1_000);
}
