import { Table } from "@mantine/core";
import { formatMoney } from "../kit/format.ts";
import type { Estimate } from "./quote_fields.ts";

/** Line items of an estimate with their total. */
export function EstimateTable({ estimate: { lineItems, total, notes } }: {
  readonly estimate: Estimate;
}) {
  return (
    <>
      <Table.ScrollContainer minWidth={320}>
        <Table verticalSpacing={4} className="estimate">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Item</Table.Th>
              <Table.Th className="numeric">Quantity</Table.Th>
              <Table.Th className="numeric">Price</Table.Th>
              <Table.Th className="numeric">Amount</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {lineItems.map(({ description, quantity, unitPrice }, index) => (
              <Table.Tr key={index}>
                <Table.Td>{description}</Table.Td>
                <Table.Td className="numeric">{quantity}</Table.Td>
                <Table.Td className="numeric">{formatMoney(unitPrice)}</Table.Td>
                <Table.Td className="numeric">
                  {amountOf(unitPrice, quantity)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
          <Table.Tfoot>
            <Table.Tr>
              <Table.Th colSpan={3}>Total</Table.Th>
              <Table.Th className="numeric">{formatMoney(total)}</Table.Th>
            </Table.Tr>
          </Table.Tfoot>
        </Table>
      </Table.ScrollContainer>
      {notes && <p className="quote-text">{notes}</p>}
    </>
  );
}

function amountOf({ amount, currency }: Estimate["total"], quantity: string): string {
  return formatMoney({ amount: Number(amount) * Number(quantity), currency });
}
