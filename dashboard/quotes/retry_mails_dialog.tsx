import { Button, Group, Modal, NumberInput, SegmentedControl, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { type BulkOffer, StartBulkActionDialog } from "../bulk_actions/start/start_dialog.tsx";
import { isFailure, useAction } from "../kit/action.ts";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { ErrorNotice } from "../kit/error_notice.tsx";
import { formatCount, formatNumberOf } from "../kit/format.ts";
import { useUrlState } from "../kit/url_state.ts";
import { RetryQuoteEmails, type RetryQuoteEmailsInput } from "./operations.ts";

type MailType = NonNullable<RetryQuoteEmailsInput["type"]>;

const TYPES: readonly { readonly value: MailType; readonly label: string }[] = [
  { value: "BOTH", label: "Both" },
  { value: "CUSTOMER", label: "To customers" },
  { value: "ADMIN", label: "To the admin" },
];
const DELIVERY_TYPES: Readonly<Record<MailType, readonly string[]>> = {
  CUSTOMER: ["quote_customer"],
  ADMIN: ["quote_admin"],
  BOTH: ["quote_customer", "quote_admin"],
};

/** Dialog that sends failed mails of quotes again: one every 2 s, or in stages. */
export function RetryMailsDialog({ opened, onClose }: {
  readonly opened: boolean;
  readonly onClose: () => void;
}) {
  const [, setState] = useUrlState();
  const [offer, setOffer] = useState<BulkOffer | null>(null);
  return (
    <>
      <Modal
        opened={opened}
        onClose={onClose}
        title="Retry failed mails of quotes"
        size="lg"
        centered
      >
        <RetryForm
          onClose={onClose}
          onStage={(next) => {
            onClose();
            setOffer(next);
          }}
        />
      </Modal>
      <StartBulkActionDialog
        offer={offer}
        onClose={() => setOffer(null)}
        onStarted={(bulk) => setState({ bulk })}
      />
    </>
  );
}

function RetryForm({ onClose, onStage }: {
  readonly onClose: () => void;
  readonly onStage: (offer: BulkOffer) => void;
}) {
  const retry = useAction(RetryQuoteEmails, (data) => data.retryQuoteEmails);
  const [type, setType] = useState<MailType>("BOTH");
  const [maxAttempts, setMaxAttempts] = useState<number | string>(3);
  const [limit, setLimit] = useState<number | string>(50);
  const [result, setResult] = useState<string | null>(null);
  const input = { type, maxAttempts: Number(maxAttempts), limit: Number(limit) };

  async function run() {
    const done = await retry.run({ input });
    if (isFailure(done)) return setResult(null);
    const [first] = done.refused;
    const refused = first && ` ${formatCount(done.refused.length)} not retried: ${first.reason}`;
    setResult(`${formatNumberOf(done.queuedCount, "mail")} queued.${refused ?? ""}`);
  }

  return (
    <Stack gap="md">
      <SegmentedControl
        aria-label="Mails"
        data={[...TYPES]}
        value={type}
        onChange={(value) => setType(TYPES.find((each) => each.value === value)?.value ?? "BOTH")}
      />
      <Group grow align="flex-start">
        <NumberInput
          label="Attempt limit"
          description="Takes mails with fewer attempts"
          min={1}
          max={10}
          value={maxAttempts}
          error={retry.issueOf("maxAttempts")}
          onChange={setMaxAttempts}
        />
        <NumberInput
          label="Number of mails"
          description="At most, oldest failure first"
          min={1}
          max={1_000}
          value={limit}
          error={retry.issueOf("limit")}
          onChange={setLimit}
        />
      </Group>
      <p className="dimmed">
        “Retry” starts one mail every 2 s. “In stages” tries one first, then a few, then the rest of
        all failed mails, and stops if too many fail again.
      </p>
      {retry.failure && <ErrorNotice reason={retry.failure.reason} />}
      <Text size="sm" role="status">{result}</Text>
      <Group justify="flex-end">
        <CopyGraphQL operation={RetryQuoteEmails} variables={{ input }} />
        <Button variant="default" onClick={onClose}>Close</Button>
        <Button variant="default" onClick={() => onStage(offerOf(type, Number(maxAttempts)))}>
          In stages …
        </Button>
        <Button loading={retry.running} onClick={run}>Retry</Button>
      </Group>
    </Stack>
  );
}

function offerOf(type: MailType, maxAttempts: number): BulkOffer {
  return {
    title: "Retry failed mails of quotes in stages",
    target: {
      action: "RETRY",
      deliveries: {
        filter: {
          types: [...DELIVERY_TYPES[type]],
          statuses: ["FAILED"],
          attempts: Array.from({ length: maxAttempts }, (_, attempts) => attempts),
        },
      },
    },
  };
}
