import { getLogger } from "@logtape/logtape";

const log = getLogger(["waybill", "worker"]);

/**
 * Does `work` again and again, `ms` after the last time ended (± 10 %). A failure is logged and the
 * next turn comes as usual.
 *
 * @param what opens the log line: "Renewing the lease"
 * @returns what ends it; resolves when a turn under way is over
 */
export function every(ms: number, what: string, work: () => Promise<void>): () => Promise<void> {
  let stopped = false;
  let turn = Promise.resolve();
  let timer: ReturnType<typeof setTimeout>;
  const next = () => {
    timer = setTimeout(() => {
      turn = work()
        .catch((error) => log.error(`${what} failed`, { error }))
        .then(() => {
          if (!stopped) next();
        });
    }, ms * (0.9 + 0.2 * Math.random()));
  };
  next();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await turn;
  };
}
