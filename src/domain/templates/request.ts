import { InvalidInputError } from "../errors.ts";
import {
  type Content,
  type ContentSource,
  type ContentVariables,
  type MadeContent,
  type RenderedContent,
  type RenderingPurpose,
  type RenderingValues,
  TemplateError,
} from "../rendering.ts";
import type { RendererResult } from "./renderer.ts";

/** Request to check or to render a content. */
export interface ContentRequest {
  readonly purpose: RenderingPurpose;
  readonly contentId: number;
  readonly content: Content;
  /** Null: check the content. */
  readonly values: RenderingValues | null;
}

/** Request to build a content. */
export interface MakeRequest {
  readonly purpose: RenderingPurpose;
  readonly source: ContentSource;
}

/** Request to a thread. */
export type Request = ContentRequest | MakeRequest;

/** @throws {InvalidInputError} if the check has found faults */
export function variablesIn(result: RendererResult): ContentVariables {
  if (result.type === "checked") return result.variables;
  throw faultIn(result);
}

/** @throws {InvalidInputError} if the content could not be built */
export function madeIn(result: RendererResult): MadeContent {
  if (result.type === "made") return result.made;
  throw faultIn(result);
}

function faultIn(result: RendererResult): Error {
  if (result.type === "invalid") return new InvalidInputError(result.issues);
  if (result.type !== "fault") return new Error(`A request was answered with ${result.type}`);
  const { part, reason } = result;
  const path = part === null ? ["content"] : ["content", part];
  return new InvalidInputError([{ path, code: "TEMPLATE", message: reason }]);
}

/** @throws {TemplateError} if the content could not be rendered */
export function renderedIn(result: RendererResult): RenderedContent {
  if (result.type === "rendered") return result.content;
  if (result.type === "fault") {
    throw new TemplateError(result.part, result.variable, result.reason);
  }
  throw new Error(`A rendering was answered with ${result.type}`);
}
