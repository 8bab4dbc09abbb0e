import { getLogger } from "@logtape/logtape";

/**
 * Deadlines of a graceful stop, in milliseconds after its start. A step that has not ended by then is
 * abandoned, so that the process exits within 10 s even if the database does not answer.
 */
export const STOP = {
  /** Running requests and jobs have ended; the others are aborted. */
  ended: 7_500,
  /** The results of the jobs are recorded. */
  recorded: 7_800,
  /** The jobs that have not ended are requeued. */
  released: 8_500,
  /** The connections to providers are closed. */
  disconnected: 8_800,
  /** The database is closed. */
  closed: 9_200,
  /** The process exits, whatever it still does. */
  exited: 9_500,
} as const;

const log = getLogger(["waybill"]);

/**
 * Waits for a step of the stop until its deadline. Logs the reason if it fails or takes longer.
 *
 * @param name subject of the log line: "Closing the database"
 * @param deadline as `performance.now()`
 * @returns whether the step has succeeded in time
 */
export async function endStep(
  name: string,
  deadline: number,
  step: Promise<unknown>,
): Promise<boolean> {
  const { promise: timeout, reject } = Promise.withResolvers<never>();
  const left = Math.max(0, deadline - performance.now());
  const timer = setTimeout(() => reject(new Error("it did not end in time")), left);
  try {
    await Promise.race([step, timeout]);
    return true;
  } catch (error) {
    // The message only, because an unavailable database is no fault of the program.
    const reason = error instanceof Error ? error.message : String(error);
    log.warn("{name} failed: {reason}", { name, reason });
    return false;
  } finally {
    clearTimeout(timer);
  }
}
