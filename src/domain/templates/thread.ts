import process from "node:process";
import { Worker } from "node:worker_threads";
import { KnownContents } from "./contents.ts";
import { NO_TASK, type ThreadRequest, type ThreadResult } from "./protocol.ts";
import type { Request } from "./request.ts";

/** Limits of a thread. */
export interface ThreadLimits extends Pick<ThreadRequest, "limitMs"> {
  /**
   * Time and CPU time of the process, in milliseconds, after which a task that did not end at its limit is
   * stuck. CPU time as well, because a busy machine may not have run the thread.
   */
  readonly stuckMs: number;
}

/** Callbacks of a thread; after `onStuck` and `onError` it must be terminated. */
export interface ThreadEvents {
  /** The first tasks of the request have ended, at least one. */
  onResults(results: readonly ThreadResult[]): void;
  /** The task with this index does not end. */
  onStuck(index: number): void;
  /** The thread has failed at the task with this index, or, at -1, before the first one. */
  onError(index: number, error: Error): void;
}

/** Memory of a thread, in MB. */
const MAX_MEMORY_MB = 1_024;

/** Thread that renders. Deno cannot interrupt a busy Web Worker, which would run on after its end. */
export class RenderThread {
  readonly #progress = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  readonly #worker = new Worker(new URL("./render_worker.ts", import.meta.url), {
    workerData: this.#progress.buffer,
    resourceLimits: { maxOldGenerationSizeMb: MAX_MEMORY_MB },
  });
  readonly #known = new KnownContents();
  #watch: ReturnType<typeof setInterval> | undefined;
  /** Messages of a terminated thread may still arrive. */
  #terminated = false;

  constructor(readonly limits: ThreadLimits, readonly events: ThreadEvents) {
    this.#progress[0] = NO_TASK;
    this.#worker.on("message", (results: ThreadResult[]) => {
      if (this.#terminated) return;
      clearInterval(this.#watch);
      events.onResults(results);
    });
    this.#worker.on("error", (error) => {
      if (this.#terminated) return;
      const reason = error instanceof Error ? error.message : String(error);
      events.onError(this.#index, new Error(`The thread that renders failed: ${reason}`));
    });
  }

  /** Starts a request. Only one runs at a time. */
  run(requests: readonly Request[]): void {
    const rendered = requests.filter((request) => "content" in request);
    const contents = new Map(rendered.map(({ contentId, content }) => [contentId, content]));
    const message: ThreadRequest = {
      ...this.#known.use(contents),
      tasks: requests.map(taskOf),
      limitMs: this.limits.limitMs,
    };
    this.#worker.postMessage(message);
    this.#watchProgress();
  }

  terminate(): void {
    this.#terminated = true;
    clearInterval(this.#watch);
    this.#worker.terminate();
  }

  get #index(): number {
    return Atomics.load(this.#progress, 0);
  }

  // Reading the CPU time costs 20 µs, so that tasks which end before the first look do without it.
  #watchProgress(): void {
    const { stuckMs } = this.limits;
    let looked = { index: NO_TASK, at: 0, cpuMs: 0 };
    this.#watch = setInterval(() => {
      const index = this.#index;
      if (index !== looked.index) {
        looked = { index, at: performance.now(), cpuMs: processCpuMs() };
      }
      if (index === NO_TASK || performance.now() - looked.at < stuckMs) return;
      if (processCpuMs() - looked.cpuMs >= stuckMs) this.events.onStuck(index);
    }, stuckMs / 4);
  }
}

function taskOf(request: Request): ThreadRequest["tasks"][number] {
  if ("source" in request) return { source: request.source };
  const { contentId, values } = request;
  return { contentId, values };
}

function processCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
