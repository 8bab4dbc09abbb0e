import { Button } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useContext } from "react";
import { ActionButton } from "../../kit/action_button.tsx";
import { formatCount, formatNumberOf } from "../../kit/format.ts";
import { useKeys } from "../../kit/keys.ts";
import type { Selection } from "../../kit/selection.tsx";
import type { ThreadRow } from "../thread_fields.ts";
import { RegenerateContext } from "./context.ts";

/** Actions on the selected threads; nothing if none is selected. */
export function SelectedThreads({ selection, shown }: {
  readonly selection: Selection<ThreadRow>;
  readonly shown: readonly ThreadRow[];
}) {
  const { ask } = useContext(RegenerateContext);
  const threads = [...selection.rows.values()];
  const selectAll = () => selection.add(shown);
  useKeys([
    ["r", () => threads.length > 0 && ask(threads)],
    ["shift+X", selectAll],
  ]);
  if (threads.length === 0) return null;
  return (
    <>
      <ActionButton icon={IconRefresh} primary onClick={() => ask(threads)}>
        {`Regenerate (${formatCount(threads.length)}) …`}
      </ActionButton>
      {shown.some(({ id }) => !selection.rows.has(id)) && (
        <Button size="compact-md" variant="subtle" onClick={selectAll}>
          {`Select all ${formatNumberOf(shown.length, "shown thread")}`}
        </Button>
      )}
      <Button size="compact-md" variant="subtle" onClick={selection.clear}>
        Clear the selection
      </Button>
    </>
  );
}
