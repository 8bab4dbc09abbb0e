import { InvalidInputError } from "../errors.ts";
import {
  type Content,
  type ContentVariables,
  type RenderedContent,
  type RenderingPurpose,
  type RenderingValues,
  TemplateError,
} from "../rendering.ts";
import type { RendererResult } from "./renderer.ts";

/** Request to check or to render a content. */
export interface Request {
  readonly purpose: RenderingPurpose;
  readonly contentId: number;
  readonly content: Content;
  /** Null: check the content. */
  readonly values: RenderingValues | null;
}

/** @throws {InvalidInputError} if the check has found faults */
export function variablesIn(result: RendererResult): ContentVariables {
  if (result.type === "checked") return result.variables;
  if (result.type === "invalid") throw new InvalidInputError(result.issues);
  if (result.type === "rendered") throw new Error("A check was answered with a rendering");
  const { part, reason } = result;
  const path = part === null ? ["content"] : ["content", part];
  throw new InvalidInputError([{ path, code: "TEMPLATE", message: reason }]);
}

/** @throws {TemplateError} if the content could not be rendered */
export function renderedIn(result: RendererResult): RenderedContent {
  if (result.type === "rendered") return result.content;
  if (result.type === "fault") {
    throw new TemplateError(result.part, result.variable, result.reason);
  }
  throw new Error("A rendering was answered with a check");
}
