import type { Content, ContentSource } from "../rendering.ts";
import type { RendererResult, RendererTask } from "./renderer.ts";

/** Content to build, as a message between threads. */
export interface MakeTask {
  readonly source: ContentSource;
}

/** Message to a thread: tasks to run one after the other. */
export interface ThreadRequest {
  /** Contents that are not defined in the thread yet, by id. */
  readonly define: readonly (readonly [id: number, content: Content])[];
  /** Ids of contents that are not used after these tasks. */
  readonly forget: readonly number[];
  readonly tasks: readonly (RendererTask | MakeTask)[];
  /** CPU time of each rendering, in milliseconds. */
  readonly limitMs: number;
}

/** Result of a task, and the CPU time it took, in milliseconds. */
export interface ThreadResult {
  readonly result: RendererResult;
  readonly usedMs: number;
}

/** Index that a thread shows while it runs no task. */
export const NO_TASK = -1;
