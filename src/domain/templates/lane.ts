import { RENDERING_MS } from "./budgets.ts";
import type { ThreadResult } from "./protocol.ts";
import type { RendererResult } from "./renderer.ts";
import type { Request } from "./request.ts";
import { RenderThread, type ThreadLimits } from "./thread.ts";
import { Turns } from "./turns.ts";

/** Maximum tasks of one message to the thread. */
const MAX_TASKS = 50;

/** Request that waits for its result. */
export interface LaneTask {
  readonly request: Request;
  /** Settles the task without running it, if it must not be run; returns whether it did. */
  refuse(): boolean;
  settle(result: RendererResult, usedMs: number): void;
  /** The thread cannot be started, or the lane is closed. */
  fail(error: Error): void;
}

/** A thread and the tasks that wait for it. Organizations share its CPU time. */
export class Lane {
  readonly #waiting = new Turns<LaneTask>();
  #thread: RenderThread | null = null;
  #running: readonly LaneTask[] = [];
  #isScheduled = false;
  #isClosed = false;

  constructor(readonly limits: ThreadLimits) {}

  add(task: LaneTask): void {
    if (this.#isClosed) return task.fail(closed());
    this.#waiting.add(task.request.purpose.organizationId, task);
    this.#schedule();
  }

  /** Ends the thread. All tasks fail. */
  close(): void {
    this.#isClosed = true;
    this.#thread?.terminate();
    const tasks = [...this.#running];
    this.#running = [];
    while (!this.#waiting.isEmpty) tasks.push(...this.#waiting.take(Infinity));
    tasks.forEach((task) => task.fail(closed()));
  }

  // In a microtask, so that tasks that are added together form one message.
  #schedule(): void {
    if (this.#isScheduled || this.#running.length > 0) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.#start();
    });
  }

  #start(): void {
    if (this.#isClosed) return;
    while (this.#running.length === 0 && !this.#waiting.isEmpty) {
      this.#running = this.#waiting.take(MAX_TASKS).filter((task) => !task.refuse());
    }
    if (this.#running.length === 0) return;
    this.#thread ??= this.#startThread();
    this.#thread.run(this.#running.map(({ request }) => request));
  }

  #startThread(): RenderThread {
    return new RenderThread(this.limits, {
      onResults: (results) => this.#end(results),
      onStuck: (index) =>
        this.#settleFault(index, `takes more than ${RENDERING_MS / 1_000} s of CPU time`),
      onError: (index, error) => {
        if (index >= 0) return this.#settleFault(index, `ends its thread: ${error.message}`);
        // A thread that has not run any task would fail again.
        this.#replaceThread([...this.#running.keys()], (task) => task.fail(error));
      },
    });
  }

  /** Settles the first tasks; the others are run next. */
  #end(results: readonly ThreadResult[]): void {
    const ended = this.#running.slice(0, results.length);
    this.#putBack(this.#running.slice(results.length));
    ended.forEach((task, n) => {
      const { result, usedMs } = results[n] ?? {};
      if (result) this.#settle(task, result, usedMs ?? 0);
    });
  }

  /** Ends the thread, and the task that it runs with a fault. The CPU time of the task is not known. */
  #settleFault(index: number, reason: string): void {
    const result = { type: "fault", part: null, variable: null, reason, isSlow: true } as const;
    this.#replaceThread([index], (task) => this.#settle(task, result, this.limits.stuckMs));
  }

  #settle(task: LaneTask, result: RendererResult, usedMs: number): void {
    this.#waiting.spend(task.request.purpose.organizationId, usedMs);
    task.settle(result, usedMs);
  }

  /** Ends the thread and some of its tasks; the others are run by a new thread. */
  #replaceThread(ended: readonly number[], end: (task: LaneTask) => void): void {
    this.#thread?.terminate();
    this.#thread = null;
    const running = this.#running;
    this.#putBack(running.filter((_, index) => !ended.includes(index)));
    running.filter((_, index) => ended.includes(index)).forEach(end);
  }

  #putBack(tasks: readonly LaneTask[]): void {
    this.#running = [];
    this.#waiting.putBack(tasks.map((task) => [task.request.purpose.organizationId, task]));
    this.#schedule();
  }
}

function closed(): Error {
  return new Error("Cannot render: the process is stopping");
}
