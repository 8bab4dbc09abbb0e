import { Button, Checkbox, Group, Stack, Text } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { ERROR_TYPES } from "../../deliveries/error_types.ts";
import type { DeliveryRow, ErrorType } from "../../deliveries/delivery_fields.ts";
import { isFailure, useAction } from "../../kit/action.ts";
import { CopyGraphQL } from "../../kit/copy_graphql.tsx";
import { ErrorNotice } from "../../kit/error_notice.tsx";
import { formatCount, formatNumberOf } from "../../kit/format.ts";
import { useKeys } from "../../kit/keys.ts";
import type { Selection } from "../../kit/selection.tsx";
import type { MessageDetail } from "../message_query.ts";
import { RetryDeliveries } from "./retry.ts";
import { StagedRetry } from "./staged_retry.tsx";

/** Retries all, the selected, or the failures of the chosen types. Each button shows their number. */
export function RetryBar({ message, chosen, selection, children }: {
  readonly message: MessageDetail;
  readonly chosen: readonly ErrorType[];
  readonly selection: Selection<DeliveryRow>;
  readonly children: ReactNode;
}) {
  const retry = useAction(RetryDeliveries, (data) => data.retryDeliveries);
  const [force, setForce] = useState(false);
  const [result, setResult] = useState<string | null>(null);
  const selected = selection.rows;
  const permanent = [...selected.values()].filter(({ retryable }) => !retryable).length;
  const selectedCount = force ? selected.size : selected.size - permanent;
  const byType = message.errorTypeCounts
    .filter(({ errorType }) => chosen.includes(errorType))
    .reduce((sum, { retryable }) => sum + retryable, 0);
  const allFilter = { messageId: message.id, retryable: true };

  async function run(input: Parameters<typeof retry.run>[0]["input"]) {
    setResult(null);
    const done = await retry.run({ input });
    if (isFailure(done)) return;
    const [first] = done.refused;
    const refused = done.refusedCount > 0
      ? ` ${formatCount(done.refusedCount)} not retried: ${first?.reason ?? "not retryable"}`
      : "";
    setResult(`${formatNumberOf(done.queuedCount, "recipient")} queued.${refused}`);
    setForce(false);
    selection.clear();
  }

  const runAll = () => run({ filter: allFilter });
  const runSelected = () => run({ ids: [...selected.keys()], force });
  useKeys([["r", () => selectedCount > 0 && runSelected()]]);

  return (
    <Stack gap={6} className="retry-bar">
      <Group gap="xs">
        {children}
        {selected.size > 0 && (
          <>
            <Button
              size="compact-md"
              leftSection={<IconRefresh size={15} />}
              loading={retry.running}
              disabled={selectedCount === 0}
              onClick={runSelected}
            >
              Retry selected ({formatCount(selectedCount)})
            </Button>
            <Button size="compact-md" variant="subtle" onClick={selection.clear}>
              Clear the selection
            </Button>
          </>
        )}
        {chosen.length > 0 && (
          <Button
            size="compact-md"
            variant={selected.size > 0 ? "default" : "filled"}
            loading={retry.running}
            disabled={byType === 0}
            onClick={() => run({ filter: { ...allFilter, errorTypes: [...chosen] } })}
          >
            Retry {chosen.map((type) => ERROR_TYPES[type].label.toLowerCase()).join(", ")}{" "}
            ({formatCount(byType)})
          </Button>
        )}
        <Button
          size="compact-md"
          variant={selected.size > 0 || chosen.length > 0 ? "default" : "filled"}
          loading={retry.running}
          disabled={message.stats.retryable === 0}
          onClick={runAll}
        >
          Retry all ({formatCount(message.stats.retryable)})
        </Button>
        <StagedRetry messageId={message.id} chosen={chosen} selected={selected} />
        <CopyGraphQL operation={RetryDeliveries} variables={{ input: { filter: allFilter } }} />
      </Group>
      {permanent > 0 && (
        <Checkbox
          size="xs"
          checked={force}
          onChange={(event) => setForce(event.currentTarget.checked)}
          label={`Also retry ${
            formatCount(permanent)
          } with a permanent error or without attempts ` +
            "left"}
        />
      )}
      {retry.failure && <ErrorNotice reason={retry.failure.reason} />}
      <Text size="sm" role="status">{result}</Text>
    </Stack>
  );
}
