import { Liquid, type LiquidOptions, type Template, UndefinedVariableError } from "liquidjs";
import { InvalidInputError, type Issue } from "../errors.ts";
import { namedVariables, neededVariables } from "./variables.ts";

/** What a message says, in Liquid; a part that is absent is not sent. */
export interface Content {
  readonly subject: string;
  readonly text?: string | null;
  readonly html?: string | null;
}

export type ContentPart = keyof Content;

/** Content that parses, ready to be rendered many times. */
export type CompiledContent = {
  readonly [Part in ContentPart]: readonly Template[] | null;
};

/** Content as one recipient gets it. */
export interface RenderedContent {
  readonly subject: string;
  readonly text: string | null;
  readonly html: string | null;
}

/** A part cannot be rendered for one recipient. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";

  /** @param variable the one that the recipient does not have; null when something else is wrong */
  constructor(
    readonly part: ContentPart,
    readonly variable: string | null,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`Cannot render ${part}: ${message}`, options);
  }
}

const PARTS: readonly ContentPart[] = ["subject", "text", "html"];
/** Characters. A subject stays below the longest line of a mail (RFC 5322 §2.1.1). */
const MAX_RENDERED: Record<ContentPart, number> = {
  subject: 900,
  text: 1_000_000,
  html: 1_000_000,
};

const OPTIONS: LiquidOptions = {
  strictFilters: true,
  strictVariables: true,
  lenientIf: true,
  // The same everywhere, whatever the machine is set to.
  timezoneOffset: 0,
  locale: "en-US",
  parseLimit: 1_000_000,
  memoryLimit: 10_000_000,
  // Milliseconds: far beyond what a mail needs, far below what holds up the others.
  renderLimit: 1_000,
};

const plain = withoutFiles(new Liquid(OPTIONS));
const escaping = withoutFiles(new Liquid({ ...OPTIONS, outputEscape: "escape" }));

function withoutFiles(engine: Liquid): Liquid {
  for (const tag of ["include", "render", "layout", "block"]) delete engine.tags[tag];
  return engine;
}

function engineOf(part: ContentPart): Liquid {
  return part === "html" ? escaping : plain;
}

/**
 * Parses all parts of a content.
 *
 * @throws {InvalidInputError} with an issue for each part that does not parse, or uses a tag or filter
 *   that there is not: path ["content", part], code "TEMPLATE"
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

/** A variable that a part cannot do without, and where it first stands (counted from 1). */
export interface NeededVariable {
  readonly part: ContentPart;
  readonly name: string;
  readonly line: number;
  readonly column: number;
}

/**
 * The variables that a recipient must have. Not among them: `name` and `address`, which all have,
 * and what stands only in a condition, in its branch, or before the `default` filter.
 */
export function variablesOf(compiled: CompiledContent): NeededVariable[] {
  return PARTS.flatMap((part) =>
    neededVariables(compiled[part] ?? [])
      .filter(({ name }) => name !== "name" && name !== "address")
      .map((variable) => ({ part, ...variable }))
  );
}

/** All variables that a content names, in the order of the alphabet. */
export function namesIn(compiled: CompiledContent): string[] {
  const names = PARTS.flatMap((part) => namedVariables(compiled[part] ?? []));
  return [...new Set(names)].sort();
}

/**
 * Renders a content for one recipient. HTML is escaped in the html part; a subject is one line.
 *
 * @throws {TemplateError} for a missing variable, a failing filter, or an output without measure
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
  const scope = { ...variables, address, name: name ?? "" };
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
  throw new TemplateError(part, null, `longer than ${MAX_RENDERED[part]} characters`);
}

function missingVariable(error: unknown): string | null {
  if (!(error instanceof UndefinedVariableError)) return null;
  return error.message.match(/^undefined variable: (.*?)(, line:\d+.*)?$/)?.[1] ?? null;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
