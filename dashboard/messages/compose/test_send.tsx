import { Button, Group, TextInput } from "@mantine/core";
import { IconTestPipe } from "@tabler/icons-react";
import { useState } from "react";
import { useSubscription } from "urql";
import type { ResultOf } from "../../api/graphql.ts";
import { formatError } from "../../deliveries/error_text.tsx";
import { DeliveryStatusBadge } from "../../deliveries/delivery_status.tsx";
import { isFailure, useAction } from "../../kit/action.ts";
import { PageLink } from "../../kit/links.tsx";
import type { Draft } from "./draft.ts";
import { contentOf } from "./input.ts";
import { SendTestMessage, TestDelivery } from "./send.ts";

/** Sends the content to one address, and shows what becomes of it. */
export function TestSend({ draft }: { readonly draft: Draft }) {
  const [address, setAddress] = useState("");
  const [messageId, setMessageId] = useState<string | null>(null);
  const send = useAction(SendTestMessage, (data) => data.sendTestMessage);

  async function run() {
    setMessageId(null);
    const { channel } = draft;
    const done = await send.run({ input: { channel, content: contentOf(draft), to: { address } } });
    if (!isFailure(done)) setMessageId(done.delivery.message?.id ?? null);
  }

  return (
    <fieldset>
      <legend>Test</legend>
      <Group align="end" gap="sm">
        <TextInput
          label="Send a test to"
          placeholder={draft.channel === "EMAIL" ? "you@example.com" : "Page-scoped id"}
          value={address}
          error={send.failure?.issues?.[0]?.message ?? send.failure?.reason}
          onChange={(event) => {
            setAddress(event.currentTarget.value);
            send.clear();
          }}
        />
        <Button
          variant="default"
          leftSection={<IconTestPipe size={15} />}
          disabled={address.trim() === ""}
          loading={send.running}
          onClick={run}
        >
          Send test
        </Button>
        {messageId && <TestState messageId={messageId} />}
      </Group>
    </fieldset>
  );
}

type TestEvent = ResultOf<typeof TestDelivery>;
type Delivery = TestEvent["deliveriesUpdated"]["changed"][number];

// An event may report no change.
function latestOf(previous: Delivery | null = null, { deliveriesUpdated }: TestEvent) {
  return deliveriesUpdated.changed[0] ?? previous;
}

function TestState({ messageId }: { readonly messageId: string }) {
  const [{ data: delivery }] = useSubscription(
    { query: TestDelivery, variables: { filter: { messageId } } },
    latestOf,
  );
  if (!delivery) return null;
  return (
    <span role="status">
      <DeliveryStatusBadge status={delivery.status} />{" "}
      {delivery.error && formatError(delivery.error)}{" "}
      <PageLink to={`/messages/${messageId}`}>Open</PageLink>
    </span>
  );
}
