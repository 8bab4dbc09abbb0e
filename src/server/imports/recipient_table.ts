import type { ImportRow } from "../../domain/audiences/audience.ts";
import type { ChannelRules } from "../../domain/channel_rules/rules.ts";
import { InvalidInputError, type Issue } from "../../domain/errors.ts";
import { checkVariableName, isVariableName } from "../../domain/recipients.ts";
import { splitAddress } from "./cells.ts";
import type { MappedColumn } from "./mapping.ts";
import {
  addressIndexes,
  addressTable,
  type Columns,
  keyOf,
  type Located,
  type Table,
} from "./table.ts";

const NAMES = ["name", "fullname", "displayname"];
const FIRST_NAMES = ["firstname", "fname", "givenname", "vorname", "prénom", "prenom"];
const LAST_NAMES = ["lastname", "lname", "surname", "familyname", "nachname"];
const MAX_VARIABLE_NAME_LENGTH = 100;

/** A column that becomes a variable. */
interface VariableColumn {
  readonly index: number;
  readonly name: string;
  readonly heading: string;
}

/**
 * Table of recipients: a column of addresses, optionally one of names (or of first and last names), and
 * variables. A heading that is no name of a variable becomes one: `Plan Name` is `plan_name`.
 */
export function recipientTable(
  rules: ChannelRules,
  mapping: readonly MappedColumn[],
): Table<ImportRow> {
  return addressTable(
    rules,
    mapping,
    (headings, located) => recipientColumns(headings, located, rules),
  );
}

function recipientColumns(
  headings: readonly string[],
  located: Located,
  rules: ChannelRules,
): Columns<ImportRow> {
  const { address, mapped, isRow } = located;
  const keys = isRow ? [] : headings.map(keyOf);
  const find = (accepted: readonly string[]) =>
    accepted.map((key) => keys.indexOf(key)).find((index) => index >= 0 && index !== address) ?? -1;
  const name = mapped.get("name") ?? find(NAMES);
  const [first, last] = [find(FIRST_NAMES), find(LAST_NAMES)];
  const variables = variablesOf(headings, located, name);
  checkColumns(headings, located, rules, name, variables);
  return {
    count: headings.findLastIndex((heading) => heading !== "") + 1,
    isRow,
    rowOf(line, fields) {
      const at = (index: number) => fields[index] ?? "";
      const cell = splitAddress(at(address));
      return {
        line,
        recipient: {
          address: cell.address,
          name: name < 0
            ? `${at(first)} ${at(last)}`.trim() || cell.name || null
            : at(name) || cell.name,
          variables: Object.fromEntries(variables.map(({ index, name }) => [name, at(index)])),
        },
      };
    },
  };
}

function variablesOf(
  headings: readonly string[],
  { address, mapped, isRow }: Located,
  name: number,
): VariableColumn[] {
  const targets = new Map(Array.from(mapped, ([target, index]) => [index, target]));
  return headings.flatMap((heading, index) => {
    const target = targets.get(index);
    if (index === address || index === name) return [];
    if (target === undefined && (heading === "" || isRow)) return [];
    return [{ index, name: target ?? toVariableName(heading, index), heading }];
  });
}

function toVariableName(heading: string, index: number): string {
  if (isVariableName(heading)) return heading;
  const words = heading.normalize("NFC").toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const name = words.join("_").slice(0, MAX_VARIABLE_NAME_LENGTH - 1);
  if (name === "") return `column_${index + 1}`;
  return isVariableName(name) ? name : `_${name}`;
}

function checkColumns(
  headings: readonly string[],
  { address, mapped, isRow }: Located,
  rules: ChannelRules,
  name: number,
  variables: readonly VariableColumn[],
): void {
  const issues: Issue[] = [];
  const report = (path: string[], code: string, message: string) =>
    issues.push({ path: ["header", ...path], code, message });
  const addresses = mapped.has("address") || isRow ? [address] : addressIndexes(headings, rules);
  if (addresses.length > 1) {
    const named = addresses.map((index) => JSON.stringify(headings[index])).join(" and ");
    const remedy = `?columns=address:${headings[address]}`;
    report([], "DUPLICATE", `has several columns of addresses, ${named}; choose one: ${remedy}`);
  }
  const known = new Map(name < 0 ? [] : [["name", headings[name] ?? ""]]);
  for (const { index, name, heading } of variables) {
    if (addresses.includes(index)) continue;
    const key = keyOf(heading) === "name" && !mapped.has("name") ? "name" : name;
    const earlier = known.get(key);
    known.set(key, heading);
    if (earlier !== undefined && !mapped.has(name)) {
      const both = earlier === heading
        ? "is the heading of two columns"
        : `becomes the variable ${name}, as ${JSON.stringify(earlier)} does`;
      report([heading], "DUPLICATE", `${both}; name one of them: ?columns=other_name:${index + 1}`);
      continue;
    }
    const fault = checkVariableName(name);
    if (fault) {
      report([heading], fault[0], `${fault[1]}; or name it: ?columns=other_name:${heading}`);
    }
  }
  if (issues.length > 0) throw new InvalidInputError(issues);
}
