import { Button, Group, TextInput } from "@mantine/core";
import { IconTestPipe } from "@tabler/icons-react";
import { useState } from "react";
import { useSubscription } from "urql";
import { Failure, graphql, type ResultOf, type VariablesOf } from "../../api/graphql.ts";
import { DeliveryStatusBadge } from "../../deliveries/delivery_status.tsx";
import { formatError } from "../../deliveries/error_text.tsx";
import { isFailure, useAction } from "../../kit/action.ts";
import { PageLink } from "../../kit/links.tsx";
import type { PreviewRecipient } from "./content_preview.ts";

const SendTestMessage = graphql(
  `
  mutation SendTestMessage($input: SendTestMessageInput!) {
    sendTestMessage(input: $input) {
      __typename
      ... on SendTestMessagePayload { delivery { id message { id } } }
      ...Failure
    }
  }
`,
  [Failure],
);

const TestDelivery = graphql(`
  subscription TestDelivery($filter: DeliveryFilter!) {
    deliveriesUpdated(filter: $filter) { changed { id status error { type code message } } }
  }
`);

type TestInput = VariablesOf<typeof SendTestMessage>["input"];

/** Sends a content to one address, and shows the state of its delivery. */
export function TestSend({ input, values }: {
  /** Channel and content; null: there is nothing to send yet. */
  readonly input: Omit<TestInput, "to"> | null;
  /** Name and variables that the content is rendered with. */
  readonly values: Pick<PreviewRecipient, "name" | "variables">;
}) {
  const [address, setAddress] = useState("");
  const [messageId, setMessageId] = useState<string | null>(null);
  const send = useAction(SendTestMessage, (data) => data.sendTestMessage);

  async function run() {
    if (!input) return;
    setMessageId(null);
    const done = await send.run({
      input: { ...input, to: { address, name: values.name, variables: { ...values.variables } } },
    });
    if (!isFailure(done)) setMessageId(done.delivery.message?.id ?? null);
  }

  return (
    <fieldset>
      <legend>Test</legend>
      <Group align="end" gap="sm">
        <TextInput
          label="Send a test to"
          placeholder={input?.channel === "MESSENGER" ? "Page-scoped id" : "you@example.com"}
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
          disabled={input === null || address.trim() === ""}
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
