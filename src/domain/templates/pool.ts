import type {
  Content,
  ContentVariables,
  RenderedContent,
  Rendering,
  RenderingPurpose,
  RenderingValues,
} from "../rendering.ts";
import { MessageBudgets, RENDERING_MS } from "./budgets.ts";
import { ContentIds } from "./contents.ts";
import { Lane, type LaneTask } from "./lane.ts";
import { MainThreadRendering } from "./main_thread.ts";
import type { RendererResult } from "./renderer.ts";
import { renderedIn, type Request, variablesIn } from "./request.ts";

// A rendering that takes longer on the first thread is repeated on the second one.
const QUICK_MS = 50;
const QUICK_STUCK_MS = 500;
// The parts of a rendering that cannot be interrupted have no other limit.
const SLOW_STUCK_MS = 5_000;
/** Characters of a content beyond which even parsing it takes long. */
const MAX_QUICK_LENGTH = 100_000;
const MAX_SLOW_CONTENTS = 1_000;

/**
 * Checks and renders on two threads. The first one runs everything until it turns out to be slow, and the
 * second one what is slow, so that ordinary mail does not wait behind slow templates. Both are started on
 * demand. Waiting does not count as time of a rendering.
 */
export class RenderingPool implements Rendering {
  readonly #quick = new Lane({ limitMs: QUICK_MS, stuckMs: QUICK_STUCK_MS });
  readonly #slow = new Lane({ limitMs: RENDERING_MS, stuckMs: SLOW_STUCK_MS });
  readonly #ids = new ContentIds();
  readonly #slowContents = new Set<number>();
  readonly #budgets = new MessageBudgets();

  async check(purpose: RenderingPurpose, content: Content): Promise<ContentVariables> {
    return variablesIn(await this.#run(purpose, content, null));
  }

  async render(
    purpose: RenderingPurpose,
    content: Content,
    values: RenderingValues,
  ): Promise<RenderedContent> {
    return renderedIn(await this.#run(purpose, content, values));
  }

  close(): void {
    this.#quick.close();
    this.#slow.close();
  }

  #run(
    purpose: RenderingPurpose,
    content: Content,
    values: RenderingValues | null,
  ): Promise<RendererResult> {
    const request = { purpose, contentId: this.#ids.idOf(content), content, values };
    const { promise, resolve, reject } = Promise.withResolvers<RendererResult>();
    this.#enqueue(request, resolve, reject);
    return promise;
  }

  #enqueue(
    request: Request,
    resolve: (result: RendererResult) => void,
    fail: (error: Error) => void,
  ): void {
    const { purpose: { messageId }, contentId, content } = request;
    const task: LaneTask = {
      request,
      refuse: () => {
        const refusal = messageId === undefined ? null : this.#budgets.refusalOf(messageId);
        if (refusal) resolve(refusal);
        return refusal !== null;
      },
      settle: (result, usedMs) => {
        if (messageId !== undefined) this.#budgets.spend(messageId, usedMs);
        resolve(result);
      },
      fail,
    };
    if (this.#slowContents.has(contentId) || lengthOf(content) > MAX_QUICK_LENGTH) {
      return this.#slow.add(task);
    }
    this.#quick.add({
      ...task,
      settle: (result, usedMs) => {
        if (result.type !== "fault" || !result.isSlow) return task.settle(result, usedMs);
        this.#addSlow(contentId);
        this.#slow.add(task);
      },
    });
  }

  #addSlow(contentId: number): void {
    this.#slowContents.add(contentId);
    const [oldest] = this.#slowContents;
    if (this.#slowContents.size > MAX_SLOW_CONTENTS && oldest !== undefined) {
      this.#slowContents.delete(oldest);
    }
  }
}

function lengthOf({ subject, text, html }: Content): number {
  return subject.length + (text?.length ?? 0) + (html?.length ?? 0);
}

/** Opens the rendering of this process: on threads, or on the calling thread on hosts without Web Workers. */
export function openRendering(): Rendering {
  return typeof Worker === "undefined" ? new MainThreadRendering() : new RenderingPool();
}
