import { locks, parentPort, workerData } from "node:worker_threads";
import { makeContent } from "./make.ts";
import { NO_TASK, type ThreadRequest, type ThreadResult } from "./protocol.ts";
import { Renderer, type RendererResult } from "./renderer.ts";
import { TimeLimit } from "./time_limit.ts";

// After this time or output size the results so far are returned, because other requests wait for
// the thread and the main thread copies the output.
const TURN_MS = 50;
const TURN_CHARACTERS = 4_000_000;

const renderer = new Renderer();

/** Shows the index of the task that this thread runs. */
const progress = new Int32Array(workerData);

// Deno interrupts a busy thread only if the thread holds a Web Lock.
const held = Promise.withResolvers<void>();
locks.request(crypto.randomUUID(), () => {
  held.resolve();
  return new Promise(() => {});
});
await held.promise;
parentPort?.on(
  "message",
  async (request: ThreadRequest) => parentPort?.postMessage(await runTurn(request)),
);

/** Runs the first tasks of a request, at least one. */
async function runTurn(
  { define, forget, tasks, limitMs }: ThreadRequest,
): Promise<ThreadResult[]> {
  define.forEach(([id, content]) => renderer.define(id, content));
  const results: ThreadResult[] = [];
  const startedAt = performance.now();
  let characters = 0;
  for (const [index, task] of tasks.entries()) {
    Atomics.store(progress, 0, index);
    const limit = new TimeLimit(limitMs);
    const result = "source" in task ? await makeContent(task.source) : renderer.run(task, limit);
    results.push({ result, usedMs: limit.usedMs });
    characters += lengthOf(result);
    if (performance.now() - startedAt > TURN_MS || characters > TURN_CHARACTERS) break;
  }
  Atomics.store(progress, 0, NO_TASK);
  forget.forEach((id) => renderer.forget(id));
  return results;
}

function lengthOf(result: RendererResult): number {
  if (result.type !== "rendered") return 0;
  return (result.content.text?.length ?? 0) + (result.content.html?.length ?? 0);
}
