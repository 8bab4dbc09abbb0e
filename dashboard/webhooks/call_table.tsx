import { Button, Table } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconClock } from "@tabler/icons-react";
import { useState } from "react";
import { formatElapsed, formatEnum } from "../kit/format.ts";
import { RelativeTime } from "../kit/relative_time.tsx";
import { Status } from "../kit/status.tsx";
import type { WebhookCall } from "./call_operations.ts";
import { CallDrawer } from "./call_drawer.tsx";

/** Calls with state, response and actions. */
export function CallTable({ calls, onReplay }: {
  readonly calls: readonly WebhookCall[];
  /** Makes a call again; absent: calls cannot be made. */
  readonly onReplay?: (id: string) => void;
}) {
  const [openId, setOpenId] = useState<string | null>(null);
  return (
    <>
      <Table.ScrollContainer minWidth={560}>
        <Table verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Event</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th>Response</Table.Th>
              <Table.Th className="numeric">Attempts</Table.Th>
              <Table.Th className="numeric">Created</Table.Th>
              <Table.Th aria-label="Actions" />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {calls.map((call) => (
              <Table.Tr key={call.id}>
                <Table.Td>{formatEnum(call.event)}</Table.Td>
                <Table.Td>
                  <CallState call={call} />
                </Table.Td>
                <Table.Td>{responseOf(call)}</Table.Td>
                <Table.Td className="numeric">{call.attemptCount}</Table.Td>
                <Table.Td className="numeric">
                  <RelativeTime at={call.createdAt} />
                </Table.Td>
                <Table.Td className="numeric">
                  <Button
                    size="compact-sm"
                    variant="subtle"
                    onClick={() => setOpenId(call.id)}
                  >
                    Details
                  </Button>
                  {onReplay && (
                    <Button
                      size="compact-sm"
                      variant="default"
                      onClick={() => onReplay(call.id)}
                    >
                      Replay
                    </Button>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <CallDrawer id={openId} onClose={() => setOpenId(null)} />
    </>
  );
}

function CallState({ call: { status, nextAttemptAt, attemptCount } }: {
  readonly call: WebhookCall;
}) {
  if (status === "DELIVERED") {
    return <Status tone="done" icon={IconCircleCheck}>Delivered</Status>;
  }
  if (status === "FAILED") return <Status tone="person" icon={IconAlertTriangle}>Failed</Status>;
  return (
    <>
      <Status tone={attemptCount > 0 ? "patience" : "wait"} icon={IconClock}>Pending</Status>{" "}
      {attemptCount > 0 && nextAttemptAt && (
        <span className="dimmed">
          <RelativeTime at={nextAttemptAt} />
        </span>
      )}
    </>
  );
}

function responseOf({ responseStatus, durationMs, error }: WebhookCall): string {
  if (durationMs === null) return "";
  const took = `in ${formatElapsed(durationMs)}`;
  return responseStatus === null ? error?.message ?? took : `${responseStatus} ${took}`;
}
