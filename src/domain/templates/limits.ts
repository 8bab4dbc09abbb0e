import { type TopLevelToken, TypeGuards } from "liquidjs";

const MAX_LENGTH = 1_000_000;
/** Maximum tags and outputs of a part; each line of a `liquid` tag is one. */
const MAX_TAGS = 10_000;
/** Maximum characters of one tag or output. */
const MAX_TAG_LENGTH = 5_000;
/** Maximum characters of all tags and outputs of a part together. */
const MAX_TAGS_LENGTH = 200_000;
/** Maximum levels of tags inside of tags. */
export const MAX_NESTING = 100;
/** Tags that enclose others. */
const BLOCKS = ["if", "unless", "case", "for", "tablerow", "capture"];
/** Maximum variables that a part names. */
const MAX_VARIABLES = 1_000;

/** Fault of tags that nest over the limit. */
export const NESTED_TOO_DEEPLY = `nests tags more than ${MAX_NESTING} levels deep`;

/** A template is over a limit of its length or structure. */
export class LimitError extends Error {
  override readonly name = "LimitError";
}

/** @throws {LimitError} for a source over the maximum length */
export function checkLength(source: string): void {
  if (source.length <= MAX_LENGTH) return;
  throw new LimitError(`is longer than ${format(MAX_LENGTH)} characters`);
}

/**
 * Checks number, length and nesting of the tags before they are parsed, because liquidjs parses many tags, and the
 * lines and words of some tags, in quadratic time, and nested tags recursively.
 *
 * @throws {LimitError} with the position of the first tag over a limit
 */
export function checkTags(source: string, tokens: readonly TopLevelToken[]): void {
  let [count, length, level] = [0, 0, 0];
  for (const token of tokens) {
    if (TypeGuards.isHTMLToken(token)) continue;
    const [name, args] = TypeGuards.isTagToken(token) ? [token.name, token.args] : ["", ""];
    count += name === "liquid" ? args.split("\n").length : 1;
    length += token.size();
    if (BLOCKS.includes(name)) level++;
    else if (BLOCKS.some((block) => name === `end${block}`)) level--;
    const fault = tagFault(token.size(), { count, length, level });
    if (fault === null) continue;
    const { line, column } = new Lines(source).positionOf(token.begin);
    throw new LimitError(`line ${line}, column ${column}: ${fault}`);
  }
}

function tagFault(
  size: number,
  { count, length, level }: Readonly<Record<"count" | "length" | "level", number>>,
): string | null {
  if (size > MAX_TAG_LENGTH) {
    return `has a tag or output of more than ${format(MAX_TAG_LENGTH)} characters`;
  }
  if (count > MAX_TAGS) return `has more than ${format(MAX_TAGS)} tags and outputs`;
  if (level > MAX_NESTING) return NESTED_TOO_DEEPLY;
  if (length <= MAX_TAGS_LENGTH) return null;
  return `has tags and outputs of more than ${format(MAX_TAGS_LENGTH)} characters together`;
}

function format(limit: number): string {
  return limit.toLocaleString("en");
}

/** @throws {LimitError} for a part that names too many variables */
export function checkVariableCount(count: number): void {
  if (count <= MAX_VARIABLES) return;
  throw new LimitError(`names more than ${format(MAX_VARIABLES)} variables`);
}

/** Lines of a source. */
export class Lines {
  /** Offsets of the first characters of the lines. */
  readonly #starts = [0];

  constructor(source: string) {
    for (let at = source.indexOf("\n"); at >= 0; at = source.indexOf("\n", at + 1)) {
      this.#starts.push(at + 1);
    }
  }

  /** Converts an offset to a line and a column, both counted from 1. */
  positionOf(offset: number): { readonly line: number; readonly column: number } {
    let [first, end] = [0, this.#starts.length];
    while (end - first > 1) {
      const middle = (first + end) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) first = middle;
      else end = middle;
    }
    return { line: first + 1, column: offset - (this.#starts[first] ?? 0) + 1 };
  }
}
