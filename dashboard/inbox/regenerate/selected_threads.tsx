import { Button } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useContext } from "react";
import { ActionButton } from "../../kit/action_button.tsx";
import { formatCount } from "../../kit/format.ts";
import { useKeys } from "../../kit/keys.ts";
import type { Selection } from "../../kit/selection.tsx";
import type { ThreadRow } from "../thread_fields.ts";
import { RegenerateContext } from "./context.ts";

/** Action on the selected threads; nothing if none is selected. */
export function SelectedThreads({ selection }: { readonly selection: Selection<ThreadRow> }) {
  const { ask } = useContext(RegenerateContext);
  const threads = [...selection.rows.values()];
  useKeys([["r", () => threads.length > 0 && ask(threads)]]);
  if (threads.length === 0) return null;
  return (
    <>
      <ActionButton icon={IconRefresh} primary onClick={() => ask(threads)}>
        {`Regenerate (${formatCount(threads.length)}) …`}
      </ActionButton>
      <Button size="compact-md" variant="subtle" onClick={selection.clear}>
        Clear the selection
      </Button>
    </>
  );
}
