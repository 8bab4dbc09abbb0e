import { Button, Checkbox, Group, SimpleGrid, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Failure } from "../kit/action.ts";
import { ErrorNotice } from "../kit/error_notice.tsx";
import { EVENTS, eventsNamed } from "./events.ts";
import type { WebhookEvent } from "./operations.ts";

/** Fields of an endpoint. */
export interface EndpointFields {
  readonly url: string;
  readonly events: readonly WebhookEvent[];
}

/** Form for the URL and the events of an endpoint. */
export function EndpointForm({ initial, action, running, failure, onSubmit }: {
  readonly initial: EndpointFields;
  /** Label of the button. */
  readonly action: string;
  readonly running: boolean;
  readonly failure: Failure | null;
  readonly onSubmit: (fields: { url: string; events: WebhookEvent[] }) => void;
}) {
  const [url, setUrl] = useState(initial.url);
  const [events, setEvents] = useState<string[]>([...initial.events]);

  function errorOf(field: string): string | undefined {
    return failure?.issues?.find(({ path }) => path[0] === field)?.message;
  }

  return (
    <Stack gap="sm">
      {failure && !failure.issues && <ErrorNotice reason={failure.reason} />}
      <TextInput
        label="URL"
        description="Gets a signed POST request per call, https:// or http://"
        placeholder="https://example.com/waybill"
        value={url}
        error={errorOf("url")}
        onChange={(event) => setUrl(event.currentTarget.value)}
        data-autofocus
      />
      <Checkbox.Group label="Events" value={events} error={errorOf("events")} onChange={setEvents}>
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing={6} mt={6}>
          {EVENTS.map(({ value, label }) => <Checkbox key={value} value={value} label={label} />)}
        </SimpleGrid>
      </Checkbox.Group>
      <Group justify="flex-end">
        <Button
          loading={running}
          disabled={events.length === 0}
          onClick={() => onSubmit({ url, events: eventsNamed(events) })}
        >
          {action}
        </Button>
      </Group>
    </Stack>
  );
}
