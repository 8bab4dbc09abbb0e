import { Button, Group, NumberInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { useAction } from "../kit/action.ts";
import { formatEnum } from "../kit/format.ts";
import { type LaneSettings, UpdateLane } from "./operations.ts";

/** Number of slots of each process that serves a lane; empty: as WORKER_LANES says. */
export function LaneSlots({ lane, slots }: Pick<LaneSettings, "lane" | "slots">) {
  const update = useAction(UpdateLane, (data) => data.updateLane);
  const [typed, setTyped] = useState<number | null>(slots);
  // The value is replaced when another browser changes the slots.
  useEffect(() => setTyped(slots), [slots]);
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
        value={typed ?? ""}
        onChange={(value) => setTyped(value === "" ? null : Number(value))}
        error={update.failure?.issues?.[0]?.message ?? update.failure?.reason}
      />
      {typed !== slots && (
        <Button
          size="compact-sm"
          loading={update.running}
          onClick={() => update.run({ lane, input: { slots: typed } })}
        >
          {typed === null ? "Restore" : `Set ${typed}`}
        </Button>
      )}
    </Group>
  );
}
