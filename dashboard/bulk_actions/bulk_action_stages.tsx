import { VisuallyHidden } from "@mantine/core";
import { formatCount } from "../kit/format.ts";
import type { BulkAction } from "./bulk_action_fields.ts";

/** Stages of a bulk action, with the current one marked. */
export function BulkActionStages({ action }: { readonly action: BulkAction }) {
  const { stages, stage, state } = action;
  const names = [...stages.map(formatCount), stages.length === 0 ? "All" : "Rest"];
  return (
    <ol className="stages" aria-label="Stages" data-state={state}>
      {names.map((name, index) => {
        const place = placeOf(index + 1, stage, state === "FINISHED");
        return (
          <li
            key={index}
            data-place={place}
            aria-current={place === "current" ? "step" : undefined}
          >
            {name}
            {place === "passed" && <VisuallyHidden>, passed</VisuallyHidden>}
          </li>
        );
      })}
    </ol>
  );
}

function placeOf(number: number, stage: number, finished: boolean) {
  if (number < stage || (number === stage && finished)) return "passed";
  return number === stage ? "current" : "ahead";
}
