import { Button, Group, TextInput } from "@mantine/core";
import { IconTestPipe } from "@tabler/icons-react";
import { useState } from "react";
import { Failure, graphql, type VariablesOf } from "../../api/graphql.ts";
import { isFailure, useAction } from "../../kit/action.ts";
import { PageLink } from "../../kit/links.tsx";

const SendTestMail = graphql(
  `
  mutation SendTestMail($input: SendTestMessageInput!) {
    sendTestMessage(input: $input) {
      __typename
      ... on SendTestMessagePayload { delivery { id } }
      ...Failure
    }
  }
`,
  [Failure],
);

/** Sends the content of a campaign to one address. */
export function TestMail({ content }: {
  readonly content: VariablesOf<typeof SendTestMail>["input"]["content"];
}) {
  const [address, setAddress] = useState("");
  const [deliveryId, setDeliveryId] = useState<string | null>(null);
  const send = useAction(SendTestMail, (data) => data.sendTestMessage);

  async function run() {
    setDeliveryId(null);
    const done = await send.run({ input: { content, to: { address } } });
    if (!isFailure(done)) setDeliveryId(done.delivery.id);
  }

  return (
    <fieldset>
      <legend>Test</legend>
      <Group align="end" gap="sm">
        <TextInput
          label="Send a test to"
          placeholder="you@example.com"
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
        {deliveryId && (
          <span role="status">
            Queued: <PageLink to={`/deliveries/${deliveryId}`}>see its delivery</PageLink>
          </span>
        )}
      </Group>
    </fieldset>
  );
}
