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
import type { Services } from "../services.ts";
import { ContentIds, KnownContents } from "./contents.ts";
import { MessageBudgets, RENDERING_MS } from "./budgets.ts";
import { makeContent } from "./make.ts";
import { Renderer, type RendererResult } from "./renderer.ts";
import { madeIn, renderedIn, variablesIn } from "./request.ts";
import { TimeLimit } from "./time_limit.ts";

/**
 * Checks and renders on the thread that calls it, for hosts without Web Workers. The limits are the same,
 * but a filter that takes long cannot be interrupted.
 */
export class MainThreadRendering implements Rendering {
  readonly #renderer = new Renderer();
  readonly #ids = new ContentIds();
  readonly #known = new KnownContents();
  readonly #budgets = new MessageBudgets();

  check(_purpose: RenderingPurpose, content: Content): Promise<ContentVariables> {
    return Promise.try(() => variablesIn(this.#run(content, null).result));
  }

  render(
    { messageId }: RenderingPurpose,
    content: Content,
    values: RenderingValues,
  ): Promise<RenderedContent> {
    return Promise.try(() => {
      const refusal = messageId === undefined ? null : this.#budgets.refusalOf(messageId);
      if (refusal) return renderedIn(refusal);
      const { result, usedMs } = this.#run(content, values);
      if (messageId !== undefined) this.#budgets.spend(messageId, usedMs);
      return renderedIn(result);
    });
  }

  async make(_purpose: RenderingPurpose, source: ContentSource): Promise<MadeContent> {
    return madeIn(await makeContent(source));
  }

  close(): void {}

  #run(
    content: Content,
    values: RenderingValues | null,
  ): { readonly result: RendererResult; readonly usedMs: number } {
    const contentId = this.#ids.idOf(content);
    const { define, forget } = this.#known.use(new Map([[contentId, content]]));
    define.forEach(([id, content]) => this.#renderer.define(id, content));
    const limit = new TimeLimit(RENDERING_MS);
    const result = this.#renderer.run({ contentId, values }, limit);
    forget.forEach((id) => this.#renderer.forget(id));
    return { result, usedMs: limit.usedMs };
  }
}

// For processes without threads for rendering, such as tests.
const MAIN_THREAD = new MainThreadRendering();

/** Returns the rendering of a process; by default that on the calling thread. */
export function renderingOf({ rendering }: Pick<Services, "rendering">): Rendering {
  return rendering ?? MAIN_THREAD;
}
