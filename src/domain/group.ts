import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import DataLoader from "dataloader";
import { isDataFault } from "../db/sqlstate.ts";

/** Executes several calls together; the results have the order of the items. An error is the result of one item. */
export type GroupRun<T, R> = (items: readonly T[]) => Promise<readonly (R | Error)[]>;

const MAX_ITEMS = 100;
// A group waits no longer for the one before it, which a lock or a lost connection may hold up.
const MAX_WAIT_MS = 50;

/**
 * Makes a function whose calls share statements: the calls that arrive while a group runs form the next one,
 * which starts when it ends, or 50 ms later. A call that finds no group running is executed at once, so that
 * grouping adds no latency; with an interval, only if none has started within it either.
 *
 * If the database refuses the data of a group, its items are executed one by one, so that invalid data fails
 * only its own call. Any other error of `run` fails all calls of the group.
 *
 * @param run executes 1 to 100 items
 * @param intervalMs least time between the starts of two groups, in ms. Under a stream of small calls it makes
 *   fewer and larger groups, because each statement has a fixed cost.
 */
export function group<T, R>(run: GroupRun<T, R>, intervalMs = 0): (item: T) => Promise<R> {
  let running: Promise<unknown> = Promise.resolve();
  const loader = new DataLoader<T, R>((items) => {
    const results = runGroup(run, items);
    // A timer of 0 ms takes 1 ms.
    const interval = intervalMs > 0 ? delay(intervalMs) : null;
    running = Promise.all([endOf(results, MAX_WAIT_MS), interval]);
    return results;
  }, {
    cache: false,
    maxBatchSize: MAX_ITEMS,
    // In the next tick, because calls that follow the same answer of the database belong together.
    batchScheduleFn: (execute) => void running.then(() => process.nextTick(execute)),
  });
  return (item) => loader.load(item);
}

/** Resolves when `work` has ended, but at the latest after `ms` milliseconds. */
function endOf(work: Promise<unknown>, ms: number): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const ended = work.then(() => clearTimeout(timer));
  return Promise.race([ended, promise]);
}

/** Never rejects: errors are returned as results. */
async function runGroup<T, R>(
  run: GroupRun<T, R>,
  items: readonly T[],
): Promise<readonly (R | Error)[]> {
  try {
    return await run(items);
  } catch (error) {
    if (items.length === 1 || !isDataFault(error)) return items.map(() => toError(error));
  }
  const results: (R | Error)[] = [];
  for (const item of items) results.push(...await runGroup(run, [item]));
  return results;
}

/** Converts a thrown value to an error, as the result of one item. */
export function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
