import { Liquid, type LiquidOptions, type Template, UndefinedVariableError } from "liquidjs";
import { InvalidInputError, type Issue } from "../errors.ts";
import { nameGroups, toScope } from "./scope.ts";
import { findRequiredVariables, namedVariables } from "./variables.ts";

/** Templates of a message, in Liquid; absent parts are not sent. */
export interface Content {
  readonly subject: string;
  readonly text?: string | null;
  readonly html?: string | null;
}

/** Part of the content that has a template of its own. */
export type ContentPart = keyof Content;

/** Parsed content, ready to be rendered many times. */
export type CompiledContent = {
  readonly [Part in ContentPart]: readonly Template[] | null;
};

/** Content rendered for one recipient. */
export interface RenderedContent {
  readonly subject: string;
  readonly text: string | null;
  readonly html: string | null;
}

/** A part cannot be rendered for a recipient. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";

  /** @param variable the missing variable; null for any other fault */
  constructor(
    readonly part: ContentPart,
    readonly variable: string | null,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`Cannot render ${part}: ${message}`, options);
  }
}

/** Template variable with the recipient's unsubscribe link, if the message can be unsubscribed from. */
export const UNSUBSCRIBE_URL = "unsubscribe_url";

/** Value of `unsubscribe_url` in previews and test messages, which must not unsubscribe anyone. */
export const SAMPLE_UNSUBSCRIBE_URL = "https://example.com/unsubscribe/sample";

const PARTS: readonly ContentPart[] = ["subject", "text", "html"];
/** Variables that every recipient has. */
const BUILT_IN_VARIABLES = ["name", "address"];
/** Characters. A subject must fit on one line of a mail (998 characters, RFC 5322 §2.1.1). */
const MAX_RENDERED: Record<ContentPart, number> = {
  subject: 900,
  text: 1_000_000,
  html: 1_000_000,
};

const OPTIONS: LiquidOptions = {
  strictFilters: true,
  strictVariables: true,
  lenientIf: true,
  // Fixed, so that the output does not depend on the machine's settings.
  timezoneOffset: 0,
  locale: "en-US",
  parseLimit: 1_000_000,
  memoryLimit: 10_000_000,
  // Milliseconds. A mail needs far less; more would delay the other deliveries of the process.
  renderLimit: 1_000,
};

const plainEngine = nameGroups(withoutFiles(new Liquid(OPTIONS)));
const htmlEngine = nameGroups(withoutFiles(new Liquid({ ...OPTIONS, outputEscape: "escape" })));

function withoutFiles(engine: Liquid): Liquid {
  for (const tag of ["include", "render", "layout", "block"]) delete engine.tags[tag];
  return engine;
}

function engineOf(part: ContentPart): Liquid {
  return part === "html" ? htmlEngine : plainEngine;
}

/**
 * Parses all parts of a content.
 *
 * @throws {InvalidInputError} with an issue for each part that does not parse or uses an unknown tag or
 *   filter: path ["content", part], code "TEMPLATE"
 */
export function compileContent(content: Content): CompiledContent {
  const issues: Issue[] = [];
  const compile = (part: ContentPart): Template[] | null => {
    const source = content[part] ?? null;
    try {
      return source === null ? null : engineOf(part).parse(source);
    } catch (error) {
      issues.push({ path: ["content", part], code: "TEMPLATE", message: reasonOf(error) });
      return null;
    }
  };
  const compiled = { subject: compile("subject"), text: compile("text"), html: compile("html") };
  if (issues.length > 0) throw new InvalidInputError(issues);
  return compiled;
}

/** Variable that a part requires, and its first position; lines and columns count from 1. */
export interface RequiredVariable {
  readonly part: ContentPart;
  readonly name: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Lists the variables that a recipient must have. Excludes `name` and `address`, which every recipient
 * has, and variables that are used only in a condition, in the branch of that condition, or with the
 * `default` filter.
 */
export function requiredVariables(compiled: CompiledContent): RequiredVariable[] {
  return PARTS.flatMap((part) =>
    findRequiredVariables(compiled[part] ?? [])
      .filter(({ name }) => !BUILT_IN_VARIABLES.includes(name))
      .map((variable) => ({ part, ...variable }))
  );
}

/** Lists all variables that a content names, sorted. */
export function variableNames(compiled: CompiledContent): string[] {
  const names = PARTS.flatMap((part) => namedVariables(compiled[part] ?? []));
  return [...new Set(names)].sort();
}

/**
 * Renders a content for one recipient. Values are HTML-escaped in the html part, and line ends in the
 * subject become spaces.
 *
 * @throws {TemplateError} for a missing variable, a printed object, a failing filter, and an output over
 *   the size limit
 */
export function render(
  compiled: CompiledContent,
  recipient: {
    readonly address: string;
    readonly name: string | null;
    readonly variables: Readonly<Record<string, unknown>>;
  },
): RenderedContent {
  const { address, name, variables } = recipient;
  const scope = { ...toScope(variables), address, name: name ?? "" };
  return {
    subject: (renderPart(compiled, "subject", scope) ?? "").replace(/[\r\n]+/g, " ").trim(),
    text: renderPart(compiled, "text", scope),
    html: renderPart(compiled, "html", scope),
  };
}

function renderPart(compiled: CompiledContent, part: ContentPart, scope: object): string | null {
  const templates = compiled[part];
  if (!templates) return null;
  let rendered: string;
  try {
    rendered = engineOf(part).renderSync([...templates], scope);
  } catch (cause) {
    throw new TemplateError(part, missingVariable(cause), reasonOf(cause), { cause });
  }
  if (rendered.length <= MAX_RENDERED[part]) return rendered;
  throw new TemplateError(part, null, `the output is longer than ${MAX_RENDERED[part]} characters`);
}

function missingVariable(error: unknown): string | null {
  if (!(error instanceof UndefinedVariableError)) return null;
  return error.message.match(/^undefined variable: (.*?)(, line:\d+.*)?$/)?.[1] ?? null;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
