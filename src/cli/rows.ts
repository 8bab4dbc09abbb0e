import process from "node:process";
import Table from "cli-table3";
import type { Command } from "commander";
import { CommandError, EXIT } from "./exit.ts";
import { colors, writeLine, writeNote } from "./terminal.ts";

/** A column of a table, and a field of the JSON output. */
export interface Column<T> {
  /** Name of the JSON field. */
  readonly name: string;
  /** Heading in the table; absent: the name in words. */
  readonly heading?: string;
  /** Value in the JSON output. */
  readonly value: (row: T) => unknown;
  /** Text in the table; absent: the value. */
  readonly text?: (row: T) => string;
  readonly align?: "right";
  /** In the JSON output only. */
  readonly jsonOnly?: boolean;
}

/** Value of the option `--json`: a comma-separated list of fields, or true without a list. */
export type JsonFlag = string | true | undefined;

/** Adds the option `--json` to a command. */
export function withJson(command: Command): Command {
  return command.option(
    "--json [fields]",
    "print these fields as JSON; without a list: name the fields",
  );
}

/**
 * Prints rows: as a table, or as a JSON array of the chosen fields.
 *
 * @param empty text instead of a table without rows
 * @throws {CommandError} naming the fields, if `json` names none or an unknown one
 */
export function printRows<T>(
  rows: readonly T[],
  columns: readonly Column<T>[],
  { json, empty }: { readonly json: JsonFlag; readonly empty: string },
): void {
  if (json !== undefined) return printJson(rows, columns, json);
  if (rows.length === 0) return writeLine(empty);
  const shown = columns.filter(({ jsonOnly }) => !jsonOnly);
  const table = new Table({
    head: shown.map(({ name, heading }) => colors.dim(heading ?? headingOf(name))),
    colAligns: shown.map(({ align }) => align ?? "left"),
    chars: NO_BORDER,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 2 },
  });
  for (const row of rows) {
    table.push(shown.map(({ text, value }) => text?.(row) ?? textOf(value(row))));
  }
  for (const line of table.toString().split("\n")) writeLine(line.trimEnd());
}

/** Prints a note on standard error if a list has more rows than were printed. */
export function printMore(
  more: boolean,
  { limit, json }: { readonly limit: number; readonly json?: JsonFlag },
): void {
  if (more && !json) writeNote(colors.dim(`The first ${limit}; --limit shows more.`));
}

function printJson<T>(
  rows: readonly T[],
  columns: readonly Column<T>[],
  json: string | true,
): void {
  const names = columns.map(({ name }) => name);
  const chosen = json === true ? [] : json.split(",").map((name) => name.trim());
  const unknown = chosen.filter((name) => !names.includes(name));
  if (chosen.length === 0 || unknown.length > 0) {
    const fault = unknown.length > 0 ? `Unknown field ${unknown.join(", ")}` : "Name the fields";
    throw new CommandError(`${fault}: --json ${names.join(",")}`, EXIT.usage);
  }
  const picked = columns.filter(({ name }) => chosen.includes(name));
  const objects = rows.map((row) =>
    Object.fromEntries(picked.map(({ name, value }) => [name, value(row) ?? null]))
  );
  writeLine(JSON.stringify(objects, null, process.stdout.isTTY ? 2 : undefined));
}

function headingOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter}`).toUpperCase();
}

function textOf(value: unknown): string {
  return value === null || value === undefined ? "–" : String(value);
}

const NO_BORDER = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "",
};
