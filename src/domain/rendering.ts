/** Templates of a message, in Liquid; absent parts are not sent. */
export interface Content {
  readonly subject: string;
  readonly text?: string | null;
  readonly html?: string | null;
}

/** Source of a content: HTML, or MJML in its place. */
export interface ContentSource extends Content {
  readonly mjml?: string | null;
}

/** Content that was built from a source. */
export interface MadeContent {
  readonly content: Content;
  /** True if its text was generated from its HTML, because the source has none. */
  readonly textMade: boolean;
}

/** Part of the content that has a template of its own. */
export type ContentPart = keyof Content;

/** All parts, in the order in which faults are reported. */
export const CONTENT_PARTS: readonly ContentPart[] = ["subject", "text", "html"];

/** Content rendered for one recipient. */
export interface RenderedContent {
  readonly subject: string;
  readonly text: string | null;
  readonly html: string | null;
}

/** Values that a content is rendered with. */
export interface RenderingValues {
  readonly address: string;
  readonly name: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Variable that a part requires, and its first position; lines and columns count from 1. */
export interface RequiredVariable {
  readonly part: ContentPart;
  readonly name: string;
  readonly line: number;
  readonly column: number;
}

/** Variables of a content. */
export interface ContentVariables {
  /** All variables that the templates name, sorted. */
  readonly names: readonly string[];
  /**
   * Variables that a recipient must have. Excludes `name` and `address`, which every recipient has, and
   * variables that are used only in a condition, in the branch of that condition, or with the `default`
   * filter.
   */
  readonly required: readonly RequiredVariable[];
}

/** A content cannot be rendered for a recipient. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";

  /**
   * @param part null if the fault is not known to be in one part
   * @param variable the missing variable; null for any other fault
   */
  constructor(
    readonly part: ContentPart | null,
    readonly variable: string | null,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`Cannot render ${part ?? "the content"}: ${reason}`, options);
  }
}

/** Purpose of a rendering. */
export interface RenderingPurpose {
  /** Organizations share the CPU time, so that the slow templates of one do not delay those of others. */
  readonly organizationId: string;
  /** Message whose budget the rendering uses; absent for previews. */
  readonly messageId?: string;
}

/** Checks and renders templates, off the main thread where the host has Web Workers. */
export interface Rendering {
  /**
   * Parses a content and finds its variables.
   *
   * @throws {InvalidInputError} with an issue for each part that does not parse, uses an unknown tag or
   *   filter, or is over a limit: path ["content", part], code "TEMPLATE"
   */
  check(purpose: RenderingPurpose, content: Content): Promise<ContentVariables>;
  /**
   * Renders a content for one recipient. Values are HTML-escaped in the html part, and line ends in the
   * subject become spaces.
   *
   * @throws {TemplateError} for a missing variable, a printed object, a failing filter, a content that
   *   `check` refuses, and for an output or a CPU time over the limit
   */
  render(
    purpose: RenderingPurpose,
    content: Content,
    values: RenderingValues,
  ): Promise<RenderedContent>;
  /**
   * Builds a content: compiles MJML, and generates a missing text from the HTML.
   *
   * @throws {InvalidInputError} for invalid MJML: path ["content", "html"], code "MJML", with line and column;
   *   or a source that takes too long
   */
  make(purpose: RenderingPurpose, source: ContentSource): Promise<MadeContent>;
  /** Ends the threads. Requests that are running fail. */
  close(): void;
}
