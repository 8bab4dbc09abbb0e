import { invalid } from "../../domain/errors.ts";
import { cleanHeading } from "./cells.ts";

const FIELD = "columns";
// A comma separates two columns only before the next target, because headings contain commas.
const SEPARATOR = /,(?=[^,:]+:)/;

/** A column that the caller has named: `address:Mail` or, by its position from 1, `address:3`. */
export interface MappedColumn {
  /** `address`, `name`, another field of the import, or the name of a variable. */
  readonly target: string;
  readonly heading: string;
}

/**
 * Reads `columns=address:Mail,name:Kunde,plan:4`. The parameter can be repeated.
 *
 * @throws {InvalidInputError} for a column without a target or a heading, and for two with the same target
 */
export function readMapping(parameters: URLSearchParams): MappedColumn[] {
  const columns = parameters.getAll(FIELD).flatMap((text) => text.split(SEPARATOR)).map((text) => {
    const at = text.indexOf(":");
    const [target, heading] = [
      text.slice(0, Math.max(at, 0)).trim(),
      cleanHeading(text.slice(at + 1)),
    ];
    if (target !== "" && heading !== "") return { target, heading };
    const expected = "must be like address:Mail,name:Kunde with headings of the file";
    throw invalid([FIELD], "MALFORMED", `${expected}, not ${JSON.stringify(text)}`);
  });
  const targets = columns.map(({ target }) => target);
  const repeated = targets.find((target, index) => targets.indexOf(target) < index);
  if (repeated === undefined) return columns;
  throw invalid([FIELD], "DUPLICATE", `names ${JSON.stringify(repeated)} more than once`);
}

/**
 * Finds the named columns in a header.
 *
 * @param headings clean
 * @returns the index of each target's column; null if a heading is missing
 */
export function locate(
  mapping: readonly MappedColumn[],
  headings: readonly string[],
): Map<string, number> | null {
  const indexes = new Map<string, number>();
  for (const { target, heading } of mapping) {
    const index = indexOf(heading, headings);
    if (index < 0) return null;
    indexes.set(target, index);
  }
  return indexes;
}

/** Whether all columns are named by their positions, so that the file may have no header. */
export function isByPosition(mapping: readonly MappedColumn[]): boolean {
  return mapping.length > 0 && mapping.every(({ heading }) => positionOf(heading) !== null);
}

function indexOf(heading: string, headings: readonly string[]): number {
  const exact = headings.indexOf(heading);
  if (exact >= 0) return exact;
  const lowered = heading.toLowerCase();
  const similar = headings.findIndex((other) => other.toLowerCase() === lowered);
  if (similar >= 0) return similar;
  const position = positionOf(heading);
  return position !== null && position <= headings.length ? position - 1 : -1;
}

function positionOf(heading: string): number | null {
  return /^[1-9]\d{0,3}$/.test(heading) ? Number(heading) : null;
}
