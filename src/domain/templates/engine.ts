import {
  Context,
  Liquid,
  type LiquidOptions,
  Parser,
  type Template,
  Tokenizer,
  toValueSync,
  UndefinedVariableError,
} from "liquidjs";
import { InvalidInputError, type Issue } from "../errors.ts";
import {
  type Content,
  CONTENT_PARTS,
  type ContentPart,
  type ContentVariables,
  type RenderedContent,
  type RenderingValues,
  type RequiredVariable,
  TemplateError,
} from "../rendering.ts";
import { checkLength, checkTags, checkVariableCount, LimitError, Lines } from "./limits.ts";
import { limitCaptures, LimitedOutput } from "./output.ts";
import { nameGroups, toScope } from "./scope.ts";
import type { TimeLimit } from "./time_limit.ts";
import { findVariables, NestingError } from "./variables.ts";

/** Parsed content, ready to be rendered many times. */
export type CompiledContent = {
  readonly [Part in ContentPart]: readonly Template[] | null;
};

/** Variables that every recipient has. */
const BUILT_IN_VARIABLES = ["name", "address"];
/** Characters. A subject must fit on one line of a mail (998 characters, RFC 5322 §2.1.1). */
const MAX_RENDERED: Record<ContentPart, number> = {
  subject: 900,
  text: 1_000_000,
  html: 1_000_000,
};
/** Characters. Messages of liquidjs may quote a whole template. */
const MAX_REASON = 500;

const OPTIONS: LiquidOptions = {
  strictFilters: true,
  strictVariables: true,
  lenientIf: true,
  // Fixed, so that the output does not depend on the machine's settings.
  timezoneOffset: 0,
  locale: "en-US",
  memoryLimit: 10_000_000,
};

const plainEngine = createEngine(OPTIONS);
const htmlEngine = createEngine({ ...OPTIONS, outputEscape: "escape" });

function createEngine(options: LiquidOptions): Liquid {
  const engine = limitCaptures(nameGroups(new Liquid(options)));
  // Tags that read files.
  for (const tag of ["include", "render", "layout", "block"]) delete engine.tags[tag];
  return engine;
}

function engineOf(part: ContentPart): Liquid {
  return part === "html" ? htmlEngine : plainEngine;
}

/**
 * Parses all parts of a content.
 *
 * @throws {InvalidInputError} with an issue for each part that does not parse, uses an unknown tag or
 *   filter, or is over a limit: path ["content", part], code "TEMPLATE"
 */
export function compileContent(content: Content): CompiledContent {
  return eachPart((part) => {
    const source = content[part] ?? null;
    return source === null ? null : parse(engineOf(part), source);
  });
}

function parse(engine: Liquid, source: string): Template[] {
  checkLength(source);
  const tokens = new Tokenizer(source, engine.options.operators).readTopLevelTokens(engine.options);
  checkTags(source, tokens);
  return new Parser(engine).parseTokens(tokens);
}

/**
 * Finds the variables of a content.
 *
 * @throws {InvalidInputError} for a content whose tags nest too deeply or that names too many variables
 */
export function variablesOf(content: Content, compiled: CompiledContent): ContentVariables {
  const names = new Set<string>();
  const required: RequiredVariable[] = [];
  eachPart((part) => {
    const lines = new Lines(content[part] ?? "");
    try {
      const found = findVariables(compiled[part] ?? []);
      checkVariableCount(found.length);
      for (const { name, requiredAt } of found) {
        names.add(name);
        if (requiredAt === null || BUILT_IN_VARIABLES.includes(name)) continue;
        required.push({ part, name, ...lines.positionOf(requiredAt) });
      }
    } catch (error) {
      if (!(error instanceof NestingError)) throw error;
      const { line, column } = lines.positionOf(error.offset);
      throw new LimitError(`line ${line}, column ${column}: ${error.message}`);
    }
  });
  return { names: [...names].sort(), required };
}

function eachPart<T>(compute: (part: ContentPart) => T): Record<ContentPart, T | null> {
  const issues: Issue[] = [];
  const tryPart = (part: ContentPart): T | null => {
    try {
      return compute(part);
    } catch (error) {
      issues.push({ path: ["content", part], code: "TEMPLATE", message: reasonOf(error) });
      return null;
    }
  };
  const [subject, text, html] = CONTENT_PARTS.map(tryPart);
  if (issues.length > 0) throw new InvalidInputError(issues);
  return { subject: subject ?? null, text: text ?? null, html: html ?? null };
}

/**
 * Renders a content for one recipient. Values are HTML-escaped in the html part, and line ends in the
 * subject become spaces.
 *
 * @param limit its check fails when the rendering has used its time
 * @throws {TemplateError} for a missing variable, a printed object, a failing filter, and an output or a
 *   time over the limit
 */
export function render(
  compiled: CompiledContent,
  { address, name, variables }: RenderingValues,
  limit: TimeLimit,
): RenderedContent {
  const scope = { ...toScope(variables), address, name: name ?? "" };
  const [subject = null, text = null, html = null] = CONTENT_PARTS.map((part) => {
    const templates = compiled[part];
    return templates && renderPart(part, templates, scope, limit);
  });
  return { subject: (subject ?? "").replace(/[\r\n]+/g, " ").trim(), text, html };
}

function renderPart(
  part: ContentPart,
  templates: readonly Template[],
  scope: object,
  limit: TimeLimit,
): string {
  const engine = engineOf(part);
  const context = new Context(scope, engine.options, { sync: true }, { liquid: engine });
  // liquidjs calls it before each tag and output. Its own limit is of time, not of CPU time.
  context.renderLimit.check = () => limit.check();
  const output = new LimitedOutput(MAX_RENDERED[part]);
  try {
    toValueSync(engine.renderer.renderTemplates([...templates], context, output));
    return output.buffer;
  } catch (cause) {
    const reason = limit.exceeded
      ? `takes more than ${limit.limitMs / 1_000} s of CPU time`
      : reasonOf(cause);
    throw new TemplateError(part, missingVariable(cause), reason, { cause });
  }
}

function missingVariable(error: unknown): string | null {
  if (!(error instanceof UndefinedVariableError)) return null;
  return error.message.match(/^undefined variable: (.*?)(, line:\d+.*)?$/)?.[1] ?? null;
}

function reasonOf(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  // An overflow of the stack, at which V8 ends the recursion of the parser.
  if (/^Maximum call stack/.test(reason)) return "nests tags or brackets too deeply";
  if (reason.length <= MAX_REASON) return reason;
  // The end holds the position.
  return `${reason.slice(0, MAX_REASON - 50)} … ${reason.slice(-47)}`;
}
