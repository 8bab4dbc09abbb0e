import { invalid, InvalidInputError, type Issue } from "../../domain/errors.ts";
import { checkVariableName, type RecipientInput } from "../../domain/recipients.ts";

/** Meaning of the columns of a file. */
export interface Columns {
  /** Number of columns. */
  readonly count: number;
  /** Index of the column of addresses. */
  readonly address: number;
  /** Index of the column of names; null if there is none. */
  readonly name: number | null;
  readonly variables: readonly { readonly index: number; readonly name: string }[];
}

const MAX_LISTED_LENGTH = 300;

/**
 * Reads the header: one column of addresses, optionally one `name`; every other column is a variable.
 *
 * @param addressColumns names of columns that hold addresses, in lower case, in addition to `address`
 * @throws {InvalidInputError} for none or several columns of addresses, and for a column whose name is
 *   missing, repeated, or not usable in templates
 */
export function readHeader(
  fields: readonly string[],
  addressColumns: readonly string[],
): Columns {
  const names = fields.map((field) => field.trim());
  const lowered = names.map((name) => name.toLowerCase());
  const accepted = ["address", ...addressColumns];
  const addresses = lowered.flatMap((name, index) => accepted.includes(name) ? [index] : []);
  const [address] = addresses;
  const name = lowered.indexOf("name");
  const variables = names.map((name, index) => ({ index, name }))
    .filter(({ index }) => index !== name && !addresses.includes(index));

  // Reported alone, because the first line may be a record instead of a header.
  if (address === undefined) {
    const message = `has no column ${quoted(accepted, " or ")}; found ${quoted(names, ", ")}`;
    throw invalid(["header"], "REQUIRED", message);
  }
  const issues: Issue[] = [];
  const report = (column: string[], code: string, message: string) =>
    issues.push({ path: ["header", ...column], code, message });
  if (addresses.length > 1) report([], "DUPLICATE", "has more than one column of addresses");
  for (const { index, name } of variables) {
    const isRepeated = names.indexOf(name) < index || lowered[index] === "name";
    if (name === "") report([String(index + 1)], "REQUIRED", "is a column without a name");
    else if (isRepeated) report([name], "DUPLICATE", "is the name of more than one column");
    else {
      const fault = checkVariableName(name);
      if (fault) report([name], ...fault);
    }
  }
  if (issues.length > 0) throw new InvalidInputError(issues);
  return { count: fields.length, address, name: name < 0 ? null : name, variables };
}

/** Reads the recipient of a record. */
export function recipientOf(columns: Columns, fields: readonly string[]): RecipientInput {
  const { address, name, variables } = columns;
  return {
    address: fields[address] ?? "",
    name: name === null ? null : fields[name] ?? "",
    variables: Object.fromEntries(variables.map(({ index, name }) => [name, fields[index] ?? ""])),
  };
}

function quoted(names: readonly string[], separator: string): string {
  return names.map((name) => JSON.stringify(name)).join(separator).slice(0, MAX_LISTED_LENGTH);
}
