import { Button, Group, NumberInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { Failure, graphql } from "../api/graphql.ts";
import { useAction } from "../kit/action.ts";
import type { Overview } from "./operations.ts";

const UpdateProcessor = graphql(
  `
  mutation UpdateProcessor($input: UpdateProcessorInput!) {
    updateProcessor(input: $input) {
      __typename
      ... on UpdateProcessorPayload {
        overview { id processor { intervalMs batchSize } }
        installation { id processor { intervalMs batchSize } }
      }
      ...Failure
    }
  }
`,
  [Failure],
);

const SECOND_MS = 1_000;

/** Interval and batch size of the cycle, in all processes. */
export function ProcessorSettings(
  { intervalMs, batchSize }: Pick<Overview["processor"], "intervalMs" | "batchSize">,
) {
  const update = useAction(UpdateProcessor, (data) => data.updateProcessor);
  const [seconds, setSeconds] = useState<number | string>(intervalMs / SECOND_MS);
  const [size, setSize] = useState<number | string>(batchSize);
  // The values are replaced when another browser changes them.
  useEffect(() => setSeconds(intervalMs / SECOND_MS), [intervalMs]);
  useEffect(() => setSize(batchSize), [batchSize]);
  const isChanged = seconds !== intervalMs / SECOND_MS || size !== batchSize;

  return (
    <Group gap="sm" align="end" mt="sm">
      <NumberInput
        size="xs"
        w={130}
        label="Interval in seconds"
        min={1}
        max={86_400}
        value={seconds}
        error={update.issueOf("intervalMs")}
        onChange={setSeconds}
      />
      <NumberInput
        size="xs"
        w={130}
        label="Mails per type"
        min={1}
        max={10_000}
        allowDecimal={false}
        value={size}
        error={update.issueOf("batchSize")}
        onChange={setSize}
      />
      {isChanged && (
        <Button
          size="compact-sm"
          loading={update.running}
          disabled={seconds === "" || size === ""}
          onClick={() =>
            update.run({
              input: {
                intervalMs: Math.round(Number(seconds) * SECOND_MS),
                batchSize: Number(size),
              },
            })}
        >
          Set
        </Button>
      )}
    </Group>
  );
}
