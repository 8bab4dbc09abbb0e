import { IconRefresh } from "@tabler/icons-react";
import { useContext } from "react";
import { ActionButton } from "../../kit/action_button.tsx";
import { useKeys } from "../../kit/keys.ts";
import { RegenerateContext } from "../regenerate/context.ts";
import type { ThreadDetail } from "../thread_query.ts";

/** Button that regenerates the reply of a thread. */
export function RegenerateButton({ thread }: { readonly thread: ThreadDetail }) {
  const { ask, selectedCount } = useContext(RegenerateContext);
  useKeys([["r", () => selectedCount === 0 && ask([thread])]]);
  return <ActionButton icon={IconRefresh} onClick={() => ask([thread])}>Regenerate …</ActionButton>;
}
