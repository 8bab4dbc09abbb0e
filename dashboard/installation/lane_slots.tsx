import { Button, Group, NumberInput } from "@mantine/core";
import { useState } from "react";
import { isFailure, useAction } from "../kit/action.ts";
import { formatEnum } from "../kit/format.ts";
import { type LaneSettings, UpdateLane } from "./operations.ts";

/** Number of slots of each process that serves a lane; empty: as WORKER_LANES says. */
export function LaneSlots({ lane, slots }: Pick<LaneSettings, "lane" | "slots">) {
  const update = useAction(UpdateLane, (data) => data.updateLane);
  // Undefined: nothing is typed, so that changes in other browsers are shown.
  const [typed, setTyped] = useState<number | null>();
  const value = typed === undefined ? slots : typed;

  async function save() {
    const done = await update.run({ lane, input: { slots: value } });
    if (!isFailure(done)) setTyped(undefined);
  }

  return (
    <Group gap={6} wrap="nowrap" align="start">
      <NumberInput
        size="xs"
        w={150}
        min={1}
        allowDecimal={false}
        allowNegative={false}
        placeholder="As WORKER_LANES"
        aria-label={`Slots per process of lane ${formatEnum(lane)}`}
        value={value ?? ""}
        onChange={(next) => setTyped(next === "" ? null : Number(next))}
        error={update.failure?.issues?.[0]?.message ?? update.failure?.reason}
      />
      {value !== slots && (
        <Button size="compact-sm" loading={update.running} onClick={save}>
          {value === null ? "Restore" : `Set ${value}`}
        </Button>
      )}
    </Group>
  );
}
