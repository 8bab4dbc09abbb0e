import { Table } from "@mantine/core";
import { formatCount, formatEnum, formatMoney } from "../kit/format.ts";
import type { AiUsage } from "./operations.ts";

/** Usage by purpose, most expensive first. */
export function KindTable({ kinds }: { readonly kinds: AiUsage["byKind"] }) {
  return (
    <Table.ScrollContainer minWidth={620}>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Purpose</Table.Th>
            <Table.Th className="numeric">Cost</Table.Th>
            <Table.Th className="numeric">Calls</Table.Th>
            <Table.Th className="numeric">Input tokens</Table.Th>
            <Table.Th className="numeric">Output tokens</Table.Th>
            <Table.Th className="numeric">Failed</Table.Th>
            <Table.Th className="numeric">Timed out</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {kinds.map((usage) => (
            <Table.Tr key={usage.kind}>
              <Table.Td>{formatEnum(usage.kind)}</Table.Td>
              <Table.Td className="numeric">
                {usage.cost ? formatMoney(usage.cost) : "unknown"}
              </Table.Td>
              <Table.Td className="numeric">{formatCount(usage.callCount)}</Table.Td>
              <Table.Td className="numeric">{formatCount(usage.inputTokens)}</Table.Td>
              <Table.Td className="numeric">{formatCount(usage.outputTokens)}</Table.Td>
              <Table.Td className="numeric">{formatCount(usage.failed)}</Table.Td>
              <Table.Td className="numeric">{formatCount(usage.timedOut)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
