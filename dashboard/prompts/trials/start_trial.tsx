import { Button, Group, Modal, NumberInput, Stack } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useQuery } from "urql";
import { isFailure, useAction } from "../../kit/action.ts";
import { ErrorNotice, reasonOf } from "../../kit/error_notice.tsx";
import { formatMoney, formatNumberOf } from "../../kit/format.ts";
import type { PromptVersion } from "../operations.ts";
import { StartPromptTrial, TrialEstimateQuery } from "./operations.ts";

const TYPING_MS = 300;
const DEFAULT_SIZE = 20;

/** Button that asks for the size of a trial, shows its estimated cost, and starts it. */
export function StartTrial({ prompt }: { readonly prompt: PromptVersion }) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button size="compact-md" variant="default" onClick={() => setOpened(true)}>Try …</Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Try version ${prompt.version} on past inputs`}
        centered
      >
        <TrialForm promptId={prompt.id} onClose={() => setOpened(false)} />
      </Modal>
    </>
  );
}

function TrialForm({ promptId, onClose }: {
  readonly promptId: string;
  readonly onClose: () => void;
}) {
  const navigate = useNavigate();
  const [size, setSize] = useState<number | string>(DEFAULT_SIZE);
  const input = { promptId, sampleSize: Number(size) };
  const estimate = useEstimate(input);
  const start = useAction(StartPromptTrial, (data) => data.startPromptTrial);
  const failure = start.failure ?? (estimate && "reason" in estimate ? estimate : null);
  const count = estimate && !("reason" in estimate) ? estimate.sampleCount : null;

  async function submit() {
    const done = await start.run({ input });
    if (!isFailure(done)) navigate({ to: `/prompts/trials/${done.trial.id}` });
  }

  return (
    <Stack>
      <NumberInput
        label="Past inputs"
        description="The newest are used, at most 100"
        min={1}
        max={100}
        allowDecimal={false}
        value={size}
        onChange={(value) => {
          start.clear();
          setSize(value);
        }}
        data-autofocus
      />
      <p>
        The version answers them again, beside the stored answers. Nothing is sent, and no other
        object is changed.
      </p>
      {estimate && !("reason" in estimate) && (
        <p>
          <strong>{formatNumberOf(estimate.sampleCount, "input")}</strong>, estimated cost{" "}
          <strong className="numbers">
            {estimate.cost ? formatMoney(estimate.cost) : "unknown"}
          </strong>
        </p>
      )}
      {failure && <ErrorNotice reason={failure.reason} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>Back</Button>
        <Button loading={start.running} disabled={count === null} onClick={submit}>
          {count === null ? "Try" : `Try on ${formatNumberOf(count, "input")}`}
        </Button>
      </Group>
    </Stack>
  );
}

/** The estimate of a trial, or why there is none; null until it is there. */
function useEstimate(input: { readonly promptId: string; readonly sampleSize: number }) {
  const [sampleSize] = useDebouncedValue(input.sampleSize, TYPING_MS);
  const [{ data, error, fetching }] = useQuery({
    query: TrialEstimateQuery,
    variables: { input: { promptId: input.promptId, sampleSize } },
    requestPolicy: "network-only",
  });
  if (error) return { reason: reasonOf(error) };
  return fetching || sampleSize !== input.sampleSize ? null : data?.promptTrialEstimate ?? null;
}
