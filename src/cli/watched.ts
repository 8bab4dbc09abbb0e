import { count, duration } from "./format.ts";
import { graphql, type ResultOf } from "./graphql.ts";
import { CommandError, EXIT } from "./exit.ts";
import type { Server } from "./server.ts";

/** State of an object that `watch` follows. */
export interface Watched {
  readonly title: string;
  readonly state: string;
  /** 0 to 1; null if the total is not known. */
  readonly fraction: number | null;
  /** Counts, rate and time left. */
  readonly detail: string;
  /** True if the state means that something has failed. */
  readonly failed: boolean;
}

const JOB = graphql(`
  subscription CliJob($id: ID!) {
    jobUpdated(id: $id) {
      id kind status
      progress { total processed succeeded failed skipped fraction etaMs }
      error { type message }
      waitingFor { text }
    }
  }
`);

const MESSAGE = graphql(`
  subscription CliMessage($id: ID!) {
    messageUpdated(id: $id) {
      id title status
      pause { reason }
      stats { total sent failed bounced suppressed unknown pending sending perSecond etaMs }
      waitingFor { text }
    }
  }
`);

const BULK_ACTION = graphql(`
  subscription CliBulkAction($id: ID!) {
    bulkActionUpdated(id: $id) {
      id action state total done failedAgain inProgress perSecond
      error { message }
    }
  }
`);

/**
 * Follows an object until it has ended.
 *
 * @param id job_…, msg_… or blk_…
 * @throws {CommandError} if the id is of another kind, or nothing has it
 */
export async function* watched(server: Server, id: string): AsyncGenerator<Watched> {
  const prefix = id.split("_")[0];
  if (prefix === "job") {
    for await (const { jobUpdated } of server.subscribe(JOB, { id })) yield ofJob(jobUpdated);
  } else if (prefix === "msg") {
    for await (const event of server.subscribe(MESSAGE, { id })) {
      yield ofMessage(event.messageUpdated);
    }
  } else if (prefix === "blk") {
    for await (const event of server.subscribe(BULK_ACTION, { id })) {
      yield ofBulkAction(event.bulkActionUpdated);
    }
  } else {
    throw new CommandError(
      `Cannot watch ${id}: expected the id of a job (job_…), message (msg_…) or bulk action (blk_…)`,
      EXIT.usage,
    );
  }
}

function ofJob(
  { kind, status, progress, error, waitingFor }: ResultOf<typeof JOB>["jobUpdated"],
): Watched {
  const counts = progress && [
    `${count(progress.processed)} of ${progress.total === null ? "?" : count(progress.total)}`,
    progress.failed > 0 ? `${count(progress.failed)} failed` : null,
    progress.skipped > 0 ? `${count(progress.skipped)} skipped` : null,
    progress.etaMs === null ? null : `${duration(progress.etaMs)} left`,
  ];
  return {
    title: kind,
    state: status,
    fraction: status === "COMPLETED" ? 1 : progress?.fraction ?? null,
    detail: [...(counts ?? []), error && `${error.type}: ${error.message}`, waitingFor?.text]
      .filter(Boolean).join(" · "),
    failed: status === "FAILED" || status === "CANCELLED" || (progress?.failed ?? 0) > 0,
  };
}

function ofMessage(
  { title, status, pause, stats, waitingFor }: ResultOf<typeof MESSAGE>["messageUpdated"],
): Watched {
  const open = stats.pending + stats.sending;
  const { failed, bounced, suppressed, unknown } = stats;
  const losses = Object.entries({ failed, bounced, suppressed, unknown });
  return {
    title,
    state: status,
    fraction: stats.total === 0 ? null : (stats.total - open) / stats.total,
    detail: [
      `${count(stats.sent)} sent`,
      ...losses.filter(([, mails]) => mails > 0).map(([name, mails]) => `${count(mails)} ${name}`),
      open > 0 ? `${count(open)} waiting` : null,
      stats.perSecond === null ? null : `${count(stats.perSecond)}/s`,
      stats.etaMs === null ? null : `${duration(stats.etaMs)} left`,
      pause?.reason,
      waitingFor?.text,
    ].filter(Boolean).join(" · "),
    failed: status === "FAILED" || status === "PARTIALLY_SENT" || status === "CANCELLED",
  };
}

function ofBulkAction(
  { action, state, total, done, failedAgain, inProgress, perSecond, error }: ResultOf<
    typeof BULK_ACTION
  >["bulkActionUpdated"],
): Watched {
  return {
    title: `${action} of ${count(total)}`,
    state,
    fraction: total === 0 ? null : (done + failedAgain) / total,
    detail: [
      `${count(done)} done`,
      failedAgain > 0 ? `${count(failedAgain)} failed again` : null,
      inProgress > 0 ? `${count(inProgress)} in progress` : null,
      perSecond === null ? null : `${count(perSecond)}/s`,
      error?.message,
    ].filter(Boolean).join(" · "),
    failed: state === "STOPPED" || state === "ABORTED",
  };
}
