// @ts-types="@types/mjml-core"
import mjml, { type MJMLParseError } from "mjml-core";
import preset from "mjml-preset-core";
import { InvalidInputError, type Issue } from "../errors.ts";
import { Lines } from "./limits.ts";
import { MarkedText } from "./liquid_marks.ts";
import { faultsOfStructure } from "./mjml_structure.ts";

/** Fault at an offset of the source. */
interface Fault {
  readonly offset: number;
  readonly message: string;
}

const PATH = ["content", "html"];
const MAX_ISSUES = 100;
// Without its fonts, because by default each mail would load one from Google, which learns who opens it.
const OPTIONS = { presets: [preset], fonts: {}, ignoreIncludes: true, keepComments: false };
// Types of attributes that MJML copies without computing, so that a variable may stand for their value.
const COPIED_TYPES = /^Attribute \S+ has invalid value: .* for type (Color|Enum|Boolean)\b/s;
/** Attributes in these elements are used only by matching elements. */
const DEFAULTS = ["mj-attributes", "mj-html-attributes"];

/**
 * Compiles MJML to HTML. Liquid tags stay as they are. Files are never read.
 *
 * @throws {InvalidInputError} with each fault: path ["content", "html"], code "MJML", with line and column
 */
export async function compileMjml(source: string): Promise<string> {
  const marked = new MarkedText(source);
  refuse(marked, faultsOfStructure(marked.text).map(inSource(marked)));
  const html = await run(marked);
  refuse(marked, droppedTags(marked, html));
  return marked.restore(html);
}

async function run(marked: MarkedText): Promise<string> {
  const { text } = marked;
  try {
    const { html, errors } = await mjml.default(text, OPTIONS);
    const faults = errors.filter((error) => !isVariable(marked, error)).map(faultOf(text));
    refuse(marked, faults.map(inSource(marked)));
    return html;
  } catch (error) {
    if (error instanceof InvalidInputError || !(error instanceof Error)) throw error;
    throw new InvalidInputError([issueOf(marked, { offset: 0, message: error.message })]);
  }
}

function isVariable(marked: MarkedText, { message }: MJMLParseError): boolean {
  return COPIED_TYPES.test(message) && marked.hasMark(message);
}

function faultOf(text: string): (error: MJMLParseError) => Fault {
  const lines = text.split("\n");
  return ({ line, tagName, message }) => {
    const start = lines.slice(0, line - 1).reduce((sum, { length }) => sum + length + 1, 0);
    const offset = text.indexOf(`<${tagName}`, start);
    return { offset: offset < 0 ? start : offset, message };
  };
}

/** Tags that the HTML lacks, because MJML drops text between components. */
function droppedTags(marked: MarkedText, html: string): Fault[] {
  return marked.missingIn(html)
    .filter(({ begin }) => !DEFAULTS.some((name) => isInside(marked.source, name, begin)))
    .map(({ begin, text }) => ({
      offset: begin,
      message: `${text} is dropped by MJML, because it is not in a component; put it into <mj-raw>`,
    }));
}

function isInside(source: string, name: string, offset: number): boolean {
  return source.lastIndexOf(`<${name}`, offset) > source.lastIndexOf(`</${name}`, offset);
}

/** @throws {InvalidInputError} if there is a fault */
function refuse(marked: MarkedText, faults: readonly Fault[]): void {
  if (faults.length === 0) return;
  throw new InvalidInputError(faults.slice(0, MAX_ISSUES).map((fault) => issueOf(marked, fault)));
}

function inSource(marked: MarkedText): (fault: Fault) => Fault {
  return ({ offset, message }) => ({ offset: marked.sourceOffset(offset), message });
}

function issueOf(marked: MarkedText, { offset, message }: Fault): Issue {
  const { line, column } = new Lines(marked.source).positionOf(offset);
  const text = marked.restore(message).trim();
  const reason = text.charAt(0).toLowerCase() + text.slice(1);
  return { path: PATH, code: "MJML", message: `line ${line}, column ${column}: ${reason}` };
}
