import { Button, Chip, Group } from "@mantine/core";
import { useEffect } from "react";
import { useQuery } from "urql";
import { isFailure, useAction } from "../kit/action.ts";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { formatEnum } from "../kit/format.ts";
import { listOf, useUrlState } from "../kit/url_state.ts";
import {
  ReplayFailedWebhooks,
  ReplayWebhook,
  WebhookCallsQuery,
  type WebhookCallStatus,
} from "./call_operations.ts";
import { CallTable } from "./call_table.tsx";

const STATUSES: readonly WebhookCallStatus[] = ["PENDING", "DELIVERED", "FAILED"];

/** Newest calls of an endpoint, by state, with their replay. */
export function Calls({ endpointId, enabled, version }: {
  readonly endpointId: string;
  /** Whether calls can be made. */
  readonly enabled: boolean;
  /** Changes after each change of the calls. */
  readonly version: number;
}) {
  const [state, setState] = useUrlState();
  const statuses = listOf(state.status, STATUSES);
  const [{ data, error }, read] = useQuery({
    query: WebhookCallsQuery,
    variables: { id: endpointId, statuses: statuses ?? null, after: state.after ?? null },
  });
  useEffect(() => {
    if (version > 0) read({ requestPolicy: "network-only" });
  }, [version, read]);
  const replay = useAction(ReplayWebhook, (result) => result.replayWebhook);
  const replayFailed = useAction(ReplayFailedWebhooks, (result) => result.replayFailedWebhooks);
  const failure = replay.failure ?? replayFailed.failure;
  const calls = data?.webhookEndpoint?.calls;

  async function replayAllFailed() {
    // A mutation replays a thousand calls at most.
    for (let count = 1; count > 0;) {
      const done = await replayFailed.run({ id: endpointId });
      if (isFailure(done)) return;
      count = done.calls.length;
    }
  }

  return (
    <section aria-label="Calls">
      <Group justify="space-between" my="xs">
        <Group gap="xs">
          <h3>Calls</h3>
          <Chip.Group
            multiple
            value={statuses ?? []}
            onChange={(values) =>
              setState({ status: values.join(",") || undefined, after: undefined })}
          >
            {STATUSES.map((value) => (
              <Chip key={value} value={value} size="xs">{formatEnum(value)}</Chip>
            ))}
          </Chip.Group>
        </Group>
        {enabled && (
          <Button
            size="compact-sm"
            variant="default"
            loading={replayFailed.running}
            onClick={replayAllFailed}
          >
            Replay all failed
          </Button>
        )}
      </Group>
      {failure && <ErrorNotice reason={failure.reason} />}
      {error && !data && <ErrorNotice reason={reasonOf(error)} onRetry={read} />}
      {calls?.nodes.length === 0 && (
        <p className="dimmed">
          {statuses || state.after
            ? "No call matches."
            : "No calls yet. Send a test event to see whether the receiver works."}
        </p>
      )}
      {calls && calls.nodes.length > 0 && (
        <CallTable
          calls={calls.nodes}
          onReplay={enabled ? (id) => replay.run({ callIds: [id] }) : undefined}
        />
      )}
      <Group gap="xs">
        {state.after && (
          <Button
            size="compact-sm"
            variant="subtle"
            onClick={() => setState({ after: undefined })}
          >
            Newest calls
          </Button>
        )}
        {calls?.pageInfo.hasNextPage && (
          <Button
            size="compact-sm"
            variant="subtle"
            onClick={() => setState({ after: calls.pageInfo.endCursor ?? undefined })}
          >
            Older calls
          </Button>
        )}
      </Group>
    </section>
  );
}
