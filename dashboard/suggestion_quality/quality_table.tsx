import { Table } from "@mantine/core";
import type { ReactNode } from "react";
import { formatCount, formatFraction, formatMoney } from "../kit/format.ts";
import type { SuggestionQuality } from "./operations.ts";

type Totals = Pick<
  SuggestionQuality,
  "count" | "sentAsItWasFraction" | "meanSimilarity" | "cost"
>;

/** Totals of one group of suggested replies, with its names. */
export interface QualityRow extends Totals {
  readonly key: string;
  /** A cell for each heading. */
  readonly cells: readonly ReactNode[];
}

/** Totals of suggested replies by group, most suggestions first. */
export function QualityTable({ label, headings, rows }: {
  /** Title for screen readers. */
  readonly label: string;
  readonly headings: readonly string[];
  readonly rows: readonly QualityRow[];
}) {
  return (
    <Table.ScrollContainer minWidth={560}>
      <Table verticalSpacing={6} aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            {headings.map((heading) => <Table.Th key={heading}>{heading}</Table.Th>)}
            <Table.Th className="numeric">Answered threads</Table.Th>
            <Table.Th className="numeric">Sent as suggested</Table.Th>
            <Table.Th className="numeric">Mean similarity</Table.Th>
            <Table.Th className="numeric">Cost</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ key, cells, count, sentAsItWasFraction, meanSimilarity, cost }) => (
            <Table.Tr key={key}>
              {cells.map((cell, index) => <Table.Td key={headings[index]}>{cell}</Table.Td>)}
              <Table.Td className="numeric">{formatCount(count)}</Table.Td>
              <Table.Td className="numeric">{formatShare(sentAsItWasFraction)}</Table.Td>
              <Table.Td className="numeric">{formatShare(meanSimilarity)}</Table.Td>
              <Table.Td className="numeric">{formatMoney(cost)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** Share in percent; a dash if there is none. */
export function formatShare(fraction: number | null): string {
  return fraction === null ? "–" : formatFraction(fraction);
}
