import { LRUCache } from "lru-cache";
import type {
  Content,
  ContentSource,
  ContentVariables,
  MadeContent,
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
import { type ContentRequest, madeIn, renderedIn, variablesIn } from "./request.ts";

// A rendering that takes longer on the first thread is repeated on the second one.
const QUICK_MS = 50;
const QUICK_STUCK_MS = 500;
// The parts of a rendering that cannot be interrupted have no other limit.
const SLOW_STUCK_MS = 5_000;
/** Characters of a content beyond which even parsing it takes long. */
const MAX_QUICK_LENGTH = 100_000;
const MAX_SLOW_CONTENTS = 1_000;
/** Variables of all checked contents that are kept; a content counts as another one. */
const MAX_CHECKED_VARIABLES = 100_000;

/**
 * Checks and renders on two threads: contents that have proved slow run on the second one, all others on the first, so
 * that ordinary mail does not wait behind slow templates. Both are started on demand. Waiting does not count as
 * rendering time.
 */
export class RenderingPool implements Rendering {
  readonly #quick = new Lane({ limitMs: QUICK_MS, stuckMs: QUICK_STUCK_MS });
  readonly #slow = new Lane({ limitMs: RENDERING_MS, stuckMs: SLOW_STUCK_MS });
  readonly #ids = new ContentIds();
  readonly #slowContents = new LRUCache<number, true>({ max: MAX_SLOW_CONTENTS });
  readonly #checked = new LRUCache<number, ContentVariables>({
    maxSize: MAX_CHECKED_VARIABLES,
    sizeCalculation: ({ names }) => 1 + names.length,
  });
  readonly #budgets = new MessageBudgets();

  async check(purpose: RenderingPurpose, content: Content): Promise<ContentVariables> {
    const contentId = this.#ids.idOf(content);
    const known = this.#checked.get(contentId);
    if (known) return known;
    const variables = variablesIn(await this.#run(purpose, content, null));
    this.#checked.set(contentId, variables);
    return variables;
  }

  async render(
    purpose: RenderingPurpose,
    content: Content,
    values: RenderingValues,
  ): Promise<RenderedContent> {
    return renderedIn(await this.#run(purpose, content, values));
  }

  // On the second thread, because compiling MJML takes long, and the compiler much memory.
  async make(purpose: RenderingPurpose, source: ContentSource): Promise<MadeContent> {
    const { promise, resolve, reject } = Promise.withResolvers<RendererResult>();
    const request = { purpose, source };
    this.#slow.add({ request, refuse: () => false, settle: resolve, fail: reject });
    return madeIn(await promise);
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
    request: ContentRequest,
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
        this.#slowContents.set(contentId, true);
        this.#slow.add(task);
      },
    });
  }
}

function lengthOf({ subject, text, html }: Content): number {
  return subject.length + (text?.length ?? 0) + (html?.length ?? 0);
}

/** Opens the rendering of this process: on threads, or on the calling thread on hosts without Web Workers. */
export function openRendering(): Rendering {
  return typeof Worker === "undefined" ? new MainThreadRendering() : new RenderingPool();
}
