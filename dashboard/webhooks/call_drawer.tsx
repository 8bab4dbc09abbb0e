import { Drawer, Skeleton } from "@mantine/core";
import { useQuery } from "urql";
import { Copy } from "../kit/copy.tsx";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { formatElapsed } from "../kit/format.ts";
import { Id } from "../kit/links.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { type WebhookCallDetail, WebhookCallQuery } from "./call_operations.ts";

/** Body and attempts of a call. */
export function CallDrawer({ id, onClose }: {
  /** Null: closed. */
  readonly id: string | null;
  readonly onClose: () => void;
}) {
  const [{ data, error }, read] = useQuery({
    query: WebhookCallQuery,
    variables: { id: id ?? "" },
    pause: id === null,
    requestPolicy: "network-only",
  });
  const call = data?.webhookCall;
  return (
    <Drawer opened={id !== null} onClose={onClose} position="right" size="lg" title="Call">
      {error && <ErrorNotice reason={reasonOf(error)} onRetry={read} />}
      {!call && !error && <Skeleton height={120} />}
      {call && <CallContent call={call} />}
    </Drawer>
  );
}

function CallContent({ call: { id, body, attempts } }: { readonly call: WebhookCallDetail }) {
  const text = JSON.stringify(JSON.parse(body), null, 2);
  return (
    <>
      <Id id={id} />
      <h3>Attempts</h3>
      {attempts.length === 0 && <p className="dimmed">None yet.</p>}
      <ol>
        {attempts.map(({ number, startedAt, durationMs, responseStatus, response, error }) => (
          <li key={number}>
            <RelativeTime at={startedAt} /> · {formatElapsed(durationMs)} ·{" "}
            {error ? error.message : `accepted with ${responseStatus}`}
            {response && <pre className="attempt-response">{response}</pre>}
          </li>
        ))}
      </ol>
      <h3>
        Body <Copy value={body} label="body" />
      </h3>
      <pre tabIndex={0}>{text}</pre>
    </>
  );
}
