import { Button, Table } from "@mantine/core";
import { formatCount, formatMoney } from "../kit/format.ts";
import type { ModelUsage } from "./operations.ts";

/** Usage by model with its price, most expensive first. */
export function ModelTable({ models, onSetPrice }: {
  readonly models: readonly ModelUsage[];
  /** Opens the dialog for the price of a model; absent: the caller may not set it. */
  readonly onSetPrice?: (model: string) => void;
}) {
  return (
    <Table.ScrollContainer minWidth={620}>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Model</Table.Th>
            <Table.Th className="numeric">Cost</Table.Th>
            <Table.Th className="numeric">Calls</Table.Th>
            <Table.Th className="numeric">Input tokens</Table.Th>
            <Table.Th className="numeric">Output tokens</Table.Th>
            <Table.Th className="numeric">Failed</Table.Th>
            <Table.Th title="USD per million tokens">Price: input, cached, output</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {models.map((usage) => (
            <Table.Tr key={usage.model}>
              <Table.Td>{usage.model}</Table.Td>
              <Table.Td className="numeric">
                {usage.cost ? formatMoney(usage.cost) : "unknown"}
              </Table.Td>
              <Table.Td className="numeric">{formatCount(usage.callCount)}</Table.Td>
              <Table.Td className="numeric">{formatCount(usage.inputTokens)}</Table.Td>
              <Table.Td className="numeric">{formatCount(usage.outputTokens)}</Table.Td>
              <Table.Td className="numeric">{formatCount(usage.failed)}</Table.Td>
              <Table.Td>
                <Price usage={usage} onSetPrice={onSetPrice} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Price({ usage: { model, price }, onSetPrice }: {
  readonly usage: ModelUsage;
  readonly onSetPrice?: (model: string) => void;
}) {
  return (
    <span className="model-price numbers">
      {price
        ? [price.input, price.cachedInput, price.output].map(formatMoney).join(", ")
        : <span className="dimmed">none</span>}
      {onSetPrice && (
        <Button size="compact-xs" variant="subtle" onClick={() => onSetPrice(model)}>
          {price ? "Change …" : "Set …"}
        </Button>
      )}
    </span>
  );
}
