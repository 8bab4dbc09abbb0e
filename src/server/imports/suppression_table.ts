import type { ChannelRules } from "../../domain/channel_rules/rules.ts";
import { invalid } from "../../domain/errors.ts";
import type { SuppressionRow } from "../../domain/suppressions/import.ts";
import { splitAddress } from "./cells.ts";
import type { MappedColumn } from "./mapping.ts";
import { addressTable, type Columns, keyOf, type Located, type Table } from "./table.ts";

const REASONS = ["reason", "suppressionreason"];

/**
 * Table of suppressions: a column of addresses and, unless all rows have one reason, a column `reason`. Other
 * columns are ignored.
 *
 * @param needsReason whether the rows name their reasons
 */
export function suppressionTable(
  rules: ChannelRules,
  mapping: readonly MappedColumn[],
  needsReason: boolean,
): Table<SuppressionRow> {
  return addressTable(
    rules,
    mapping,
    (headings, located) => suppressionColumns(headings, located, needsReason),
  );
}

function suppressionColumns(
  headings: readonly string[],
  { address, mapped, isRow }: Located,
  needsReason: boolean,
): Columns<SuppressionRow> {
  const keys = headings.map(keyOf);
  const reason = mapped.get("reason") ?? keys.findIndex((key) => REASONS.includes(key));
  if (needsReason && reason < 0) {
    const found = headings.filter(Boolean).map((heading) => JSON.stringify(heading)).join(", ");
    const message = `has no column "reason"; found ${found}. Name the reason of all rows: ` +
      "?reason=UNSUBSCRIBED, or the column: ?columns=reason:…";
    throw invalid(["header"], "REQUIRED", message);
  }
  return {
    count: headings.findLastIndex((heading) => heading !== "") + 1,
    isRow,
    rowOf: (line, fields) => ({
      line,
      suppression: {
        address: splitAddress(fields[address] ?? "").address,
        reason: reason < 0 ? null : fields[reason] ?? null,
      },
    }),
  };
}
