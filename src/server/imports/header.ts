import { invalid, InvalidInputError, type Issue } from "../../domain/errors.ts";
import { faultOfVariableName, type RecipientInput } from "../../domain/recipients.ts";

/** What the columns of a file hold. */
export interface Columns {
  readonly count: number;
  /** Indices of columns. */
  readonly address: number;
  readonly name: number | null;
  readonly variables: readonly { readonly index: number; readonly name: string }[];
}

const ADDRESS = new Set(["address", "email", "e-mail", "psid"]);

/**
 * Reads the header: one column `address`, `email` or `psid`, perhaps one `name`, and every other is a
 * variable.
 *
 * @throws {InvalidInputError} when there is not exactly one column of addresses, a column has no name,
 *   two have the same, or no template could use it
 */
export function readHeader(fields: readonly string[]): Columns {
  const names = fields.map((field) => field.trim());
  const lowered = names.map((name) => name.toLowerCase());
  const addresses = indices(lowered, (name) => ADDRESS.has(name));
  const [address] = addresses;
  const name = lowered.indexOf("name");
  const variables = names.map((name, index) => ({ index, name }))
    .filter(({ index }) => index !== name && !addresses.includes(index));

  // Perhaps there is no header at all, and these are values.
  if (address === undefined) {
    const message = `has no column "address", "email" or "psid", only ${list(names)}`;
    throw invalid(["header"], "REQUIRED", message);
  }
  const issues: Issue[] = [];
  const report = (column: string[], code: string, message: string) =>
    issues.push({ path: ["header", ...column], code, message });
  if (addresses.length > 1) report([], "DUPLICATE", "has more than one column of addresses");
  for (const { index, name } of variables) {
    const twice = names.indexOf(name) < index || lowered[index] === "name";
    if (name === "") report([String(index + 1)], "REQUIRED", "is a column without a name");
    else if (twice) report([name], "DUPLICATE", "is there twice");
    else {
      const fault = faultOfVariableName(name);
      if (fault) report([name], ...fault);
    }
  }
  if (issues.length > 0) throw new InvalidInputError(issues);
  return { count: fields.length, address, name: name < 0 ? null : name, variables };
}

/** The recipient that a record describes. */
export function recipientOf(columns: Columns, fields: readonly string[]): RecipientInput {
  const { address, name, variables } = columns;
  return {
    address: fields[address] ?? "",
    name: name === null ? null : fields[name] ?? "",
    variables: Object.fromEntries(variables.map(({ index, name }) => [name, fields[index] ?? ""])),
  };
}

function indices(names: readonly string[], wanted: (name: string) => boolean): number[] {
  return names.flatMap((name, index) => wanted(name) ? [index] : []);
}

function list(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(", ").slice(0, 300);
}
