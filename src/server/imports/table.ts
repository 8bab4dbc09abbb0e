import type { ChannelRules } from "../../domain/channel_rules/rules.ts";
import { invalid, type InvalidInputError } from "../../domain/errors.ts";
import { splitAddress } from "./cells.ts";
import { isByPosition, locate, type MappedColumn } from "./mapping.ts";

/** Columns of a file with a header. */
export interface Columns<Row> {
  /** Number of columns up to the last one with a heading. */
  readonly count: number;
  /** Whether the record that was read as the header is a row itself. */
  readonly isRow: boolean;
  /** Converts a record; missing fields count as empty. */
  rowOf(line: number, fields: readonly string[]): Row;
}

/** Kind of rows that a file may contain. All fields and headings are clean. */
export interface Table<Row> {
  /** Whether a record may be the header. */
  recognizes(headings: readonly string[]): boolean;
  /**
   * Reads a recognized header.
   *
   * @throws {InvalidInputError} for headings that cannot be used
   */
  columnsOf(headings: readonly string[]): Columns<Row>;
  /** Whether a record holds an address, so that it is a row. */
  holdsAddress(fields: readonly string[]): boolean;
  /** Creates the error for a file without a header. */
  refuse(first: readonly string[]): InvalidInputError;
}

/** Columns of a header by their meaning. */
export interface Located {
  readonly address: number;
  /** Columns that the caller has named, `address` included. */
  readonly mapped: ReadonlyMap<string, number>;
  /** Whether the file has no header, and this is its first row. */
  readonly isRow: boolean;
}

const MAX_LISTED_LENGTH = 300;

/** Reduces a heading to its letters and digits, in lower case. */
export function keyOf(heading: string): string {
  return heading.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}

/**
 * Finds the column of addresses, in a header or in the first row of a file without one.
 *
 * @returns null if there is none
 */
function locateAddress(
  headings: readonly string[],
  rules: ChannelRules,
  mapping: readonly MappedColumn[],
): Located | null {
  const mapped = locate(mapping, headings);
  if (!mapped) return null;
  const isRow = isAddress(headings[mapped.get("address") ?? 0], rules) &&
    (isByPosition(mapping) || mapping.length === 0 && headings.filter(Boolean).length === 1);
  if (!isRow && holdsAddress(headings, rules)) return null;
  const address = mapped.get("address") ?? (isRow ? 0 : addressIndexes(headings, rules)[0]);
  return address === undefined ? null : { address, mapped, isRow };
}

/** Returns the indexes of all columns that may hold the addresses. */
export function addressIndexes(headings: readonly string[], rules: ChannelRules): number[] {
  const keys = headings.map(keyOf);
  const accepted = rules.addressColumns.map(keyOf);
  const found = keys.flatMap((key, index) => accepted.includes(key) ? [index] : []);
  // A column `address` beside one of email addresses holds postal addresses.
  return found.length > 0 ? found : keys.flatMap((key, index) => key === "address" ? [index] : []);
}

/** Creates the error for a file without a column of addresses, which says what would help. */
function missingAddress(
  first: readonly string[],
  rules: ChannelRules,
  mapping: readonly MappedColumn[],
): InvalidInputError {
  const found = `found ${listed(first.filter(Boolean))}`;
  const unknown = mapping.find((column) => !locate([column], first));
  if (unknown) {
    const heading = JSON.stringify(unknown.heading);
    return invalid(["columns"], "UNKNOWN_FIELD", `names ${heading}, which is no heading; ${found}`);
  }
  const row = first.findIndex((field) => isAddress(field, rules));
  if (row >= 0) {
    const remedy = "Add a first line of headings, such as address,name, or name the columns by " +
      `position: ?columns=address:${row + 1}`;
    const message = `is missing, because the first line is a row; ${found}. ${remedy}`;
    return invalid(["header"], "REQUIRED", message);
  }
  const guess = first.find((heading) => /mail/i.test(heading)) ?? first.find(Boolean) ?? "…";
  const [column = "address"] = rules.addressColumns;
  const message = `has no column "address" or ${JSON.stringify(column)}; ${found}. ` +
    `Name the column of addresses: ?columns=address:${guess}`;
  return invalid(["header"], "REQUIRED", message);
}

/** Whether one of the fields is an address. */
function holdsAddress(fields: readonly string[], rules: ChannelRules): boolean {
  return fields.some((field) => isAddress(field, rules));
}

function isAddress(field: string | undefined, rules: ChannelRules): boolean {
  return field !== undefined && rules.checkAddress(splitAddress(field).address) === null;
}

function listed(headings: readonly string[]): string {
  const names = headings.map((name) => JSON.stringify(name)).join(", ") || "an empty line";
  return names.length > MAX_LISTED_LENGTH ? `${names.slice(0, MAX_LISTED_LENGTH)}…` : names;
}

/**
 * Creates a table that is recognized by its column of addresses.
 *
 * @param mapping columns that the client has named
 * @param columnsOf reads a header whose column of addresses was found
 */
export function addressTable<Row>(
  rules: ChannelRules,
  mapping: readonly MappedColumn[],
  columnsOf: (headings: readonly string[], located: Located) => Columns<Row>,
): Table<Row> {
  return {
    recognizes: (headings) => locateAddress(headings, rules, mapping) !== null,
    columnsOf(headings) {
      const located = locateAddress(headings, rules, mapping);
      if (!located) throw missingAddress(headings, rules, mapping);
      return columnsOf(headings, located);
    },
    holdsAddress: (fields) => holdsAddress(fields, rules),
    refuse: (first) => missingAddress(first, rules, mapping),
  };
}
