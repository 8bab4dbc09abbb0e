import { Group, NumberInput, TextInput } from "@mantine/core";
import type { FieldIssue } from "../../kit/action.ts";
import { formatCount } from "../../kit/format.ts";
import type { StartBulkActionInput } from "./operations.ts";

/** Stages and limits as they are typed. */
export interface TypedLimits {
  readonly stages: string;
  readonly perSecond: number | string;
  readonly stopAtPercent: number | string;
}

/** One item first, then few, then the rest, so that a wrong remedy fails on few items. */
export const DEFAULT_LIMITS: TypedLimits = { stages: "1, 5, 50", perSecond: "", stopAtPercent: 50 };

type Limits = Omit<StartBulkActionInput, "target">;

/** Converts typed limits to the input of the API, with an issue per field that is not a number. */
export function toLimits({ stages, perSecond, stopAtPercent }: TypedLimits): {
  readonly limits: Limits;
  readonly issues: readonly FieldIssue[];
} {
  const sizes = stages.split(",").map((size) => size.trim()).filter((size) => size !== "");
  const valid = sizes.every((size) => /^[1-9]\d{0,8}$/.test(size));
  return {
    limits: {
      stages: sizes.map(Number),
      stopAtFailedFraction: Number(stopAtPercent) / 100,
      ...(perSecond !== "" && { perSecond: Number(perSecond) }),
    },
    issues: [
      ...(valid ? [] : [{ path: ["stages"], message: "Enter numbers with commas: 1, 5, 50" }]),
      ...(stopAtPercent === ""
        ? [{ path: ["stopAtFailedFraction"], message: "Enter 0 to 100; 100 never stops" }]
        : []),
    ],
  };
}

/** Fields of the stages, the rate, and the share of failures that stops the action. */
export function LimitFields({ limits, onChange, issues, count }: {
  readonly limits: TypedLimits;
  readonly onChange: (changes: Partial<TypedLimits>) => void;
  readonly issues: readonly FieldIssue[];
  /** Number of items that it would act on. */
  readonly count: number;
}) {
  const errorOf = (field: string) => issues.find(({ path }) => path.includes(field))?.message;
  return (
    <>
      <TextInput
        label="Stages"
        description="Number of items of each stage; a final stage takes the remaining ones. A stage starts when the previous one has ended."
        value={limits.stages}
        error={errorOf("stages")}
        onChange={(event) => onChange({ stages: event.currentTarget.value })}
      />
      <p className="dimmed numbers stage-plan">{planOf(toLimits(limits), count)}</p>
      <Group grow align="flex-start">
        <NumberInput
          label="Stop if more than"
          description="of the items of a stage failed again"
          suffix=" %"
          min={0}
          max={100}
          value={limits.stopAtPercent}
          error={errorOf("stopAtFailedFraction")}
          onChange={(stopAtPercent) => onChange({ stopAtPercent })}
        />
        <NumberInput
          label="Rate"
          description="items per second, at most"
          placeholder="no limit"
          min={0.01}
          max={10_000}
          value={limits.perSecond}
          error={errorOf("perSecond")}
          onChange={(perSecond) => onChange({ perSecond })}
        />
      </Group>
    </>
  );
}

// 198 items in the stages 1, 5, 50 → "1 → 5 → 50 → 142"
function planOf({ limits, issues }: ReturnType<typeof toLimits>, count: number): string {
  if (issues.length > 0 || count === 0) return "";
  const plan: number[] = [];
  let left = count;
  for (const size of limits.stages ?? []) {
    if (left <= 0) break;
    plan.push(Math.min(size, left));
    left -= size;
  }
  if (left > 0) plan.push(left);
  return plan.map(formatCount).join(" → ");
}
