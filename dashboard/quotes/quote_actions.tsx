import { Button, Checkbox, Group, Modal, Stack } from "@mantine/core";
import { IconPlayerPlay, IconRefreshAlert } from "@tabler/icons-react";
import { useState } from "react";
import { ActionButton } from "../kit/action_button.tsx";
import { isFailure, useAction } from "../kit/action.ts";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { ErrorNotice } from "../kit/error_notice.tsx";
import { ProcessQuotes } from "./operations.ts";
import type { QuoteDetail } from "./quote_fields.ts";

/** Actions of a quote: process it now, or again. */
export function QuoteActions({ quote }: { readonly quote: QuoteDetail }) {
  const process = useAction(ProcessQuotes, (data) => data.processQuotes);
  const [skipped, setSkipped] = useState<string | null>(null);
  const [forcing, setForcing] = useState(false);
  const { id, status, processingLock } = quote;
  const isProcessing = status === "AI_PROCESSING";
  const waits = status === "PENDING" || status === "AI_ERROR" || processingLock?.stale === true;

  async function processNow() {
    const done = await process.run({ input: { quoteIds: [id] } });
    setSkipped(isFailure(done) ? null : done.skipped[0]?.reason ?? null);
  }

  return (
    <>
      {process.failure && <ErrorNotice reason={process.failure.reason} />}
      <span role="status" className="dimmed">{skipped && `Not processed: ${skipped}`}</span>
      {waits
        ? (
          <ActionButton
            icon={IconPlayerPlay}
            primary
            running={process.running}
            onClick={processNow}
          >
            Process now
          </ActionButton>
        )
        : (
          <ActionButton icon={IconRefreshAlert} onClick={() => setForcing(true)}>
            {isProcessing ? "Take over …" : "Process again …"}
          </ActionButton>
        )}
      <Modal
        opened={forcing}
        onClose={() => setForcing(false)}
        title={isProcessing ? "Take over the processing?" : "Process this quote again?"}
        size="lg"
        centered
      >
        <ForceForm quote={quote} onClose={() => setForcing(false)} />
      </Modal>
    </>
  );
}

function ForceForm({ quote: { id, estimate, processingLock }, onClose }: {
  readonly quote: QuoteDetail;
  readonly onClose: () => void;
}) {
  const process = useAction(ProcessQuotes, (data) => data.processQuotes);
  const [resend, setResend] = useState(false);
  const input = { quoteIds: [id], force: true, resend };

  async function run() {
    if (!isFailure(await process.run({ input }))) onClose();
  }

  return (
    <Stack>
      <ul className="consequences">
        <li>The model is asked again, which costs as much as the first time.</li>
        {processingLock && (
          <li>
            The job that holds the lock loses it; a late answer to that job changes nothing.
          </li>
        )}
        {estimate && (
          <li>
            A new estimate replaces the one that is shown, which cannot be undone.
          </li>
        )}
        <li>
          {resend
            ? "The customer and the admin get a mail each with the new estimate."
            : "Existing mails are not sent again."}
        </li>
      </ul>
      <Checkbox
        checked={resend}
        onChange={(event) => setResend(event.currentTarget.checked)}
        label="Mail the customer and the admin again"
      />
      {process.failure && <ErrorNotice reason={process.failure.reason} />}
      <Group justify="flex-end">
        <CopyGraphQL operation={ProcessQuotes} variables={{ input }} />
        <Button variant="default" onClick={onClose} data-autofocus>Back</Button>
        <Button loading={process.running} onClick={run} className="danger">
          {resend ? "Process again and mail" : "Process again"}
        </Button>
      </Group>
    </Stack>
  );
}
