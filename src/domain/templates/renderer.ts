import { InvalidInputError, type Issue } from "../errors.ts";
import {
  type Content,
  CONTENT_PARTS,
  type ContentPart,
  type ContentVariables,
  type MadeContent,
  type RenderedContent,
  type RenderingValues,
  TemplateError,
} from "../rendering.ts";
import { compileContent, type CompiledContent, render, variablesOf } from "./engine.ts";
import type { TimeLimit } from "./time_limit.ts";

/** A check or a rendering, as a message between threads. */
export interface RendererTask {
  /** Id of a content that is defined. */
  readonly contentId: number;
  /** Null: check the content. */
  readonly values: RenderingValues | null;
}

/** Fault of a rendering, as a message between threads. */
export interface RenderingFault {
  readonly type: "fault";
  readonly part: ContentPart | null;
  readonly variable: string | null;
  readonly reason: string;
  /** True if the rendering was ended at its limit of time. */
  readonly isSlow: boolean;
}

/** Result of a task. */
export type RendererResult =
  | { readonly type: "checked"; readonly variables: ContentVariables }
  | { readonly type: "invalid"; readonly issues: readonly Issue[] }
  | { readonly type: "rendered"; readonly content: RenderedContent }
  | { readonly type: "made"; readonly made: MadeContent }
  | RenderingFault;

/** Runs tasks on the thread that calls it, and keeps the compiled contents. */
export class Renderer {
  readonly #contents = new Map<number, Content>();
  readonly #compiled = new Map<number, CompiledContent>();

  /** Defines a content, under an id that is never used for another one. */
  define(id: number, content: Content): void {
    this.#contents.set(id, content);
  }

  forget(id: number): void {
    this.#contents.delete(id);
    this.#compiled.delete(id);
  }

  /** @param limit limit of a rendering; a check does not end at it */
  run({ contentId, values }: RendererTask, limit: TimeLimit): RendererResult {
    const content = this.#contents.get(contentId);
    if (!content) throw new Error(`Content ${contentId} is not defined`);
    try {
      const compiled = this.#compile(contentId, content);
      return values === null
        ? { type: "checked", variables: variablesOf(content, compiled) }
        : { type: "rendered", content: render(compiled, values, limit) };
    } catch (error) {
      return faultOf(error, values !== null, limit.exceeded);
    }
  }

  #compile(id: number, content: Content): CompiledContent {
    const earlier = this.#compiled.get(id);
    if (earlier) return earlier;
    const compiled = compileContent(content);
    this.#compiled.set(id, compiled);
    return compiled;
  }
}

function faultOf(error: unknown, isRendering: boolean, isSlow: boolean): RendererResult {
  if (error instanceof TemplateError) {
    const { part, variable, reason } = error;
    return { type: "fault", part, variable, reason, isSlow };
  }
  if (!(error instanceof InvalidInputError)) throw error;
  if (!isRendering) return { type: "invalid", issues: error.issues };
  // The content may have been stored before the limit existed.
  const [issue] = error.issues;
  const reason = issue?.message ?? error.message;
  return { type: "fault", part: partOf(issue), variable: null, reason, isSlow };
}

function partOf(issue: Issue | undefined): ContentPart | null {
  const name = issue?.path[1];
  return CONTENT_PARTS.find((part) => part === name) ?? null;
}
