import { Button } from "@mantine/core";
import { useState } from "react";
import { failureOf, useAction } from "../kit/action.ts";
import { Confirm, type Question } from "../kit/confirm.tsx";
import { PromotePrompt, type PromptVersion } from "./operations.ts";

/** Makes a version the active one, after a question. Nothing for the active version. */
export function Promote({ prompt: { id, version, active: isActive }, active }: {
  readonly prompt: Pick<PromptVersion, "id" | "version" | "active">;
  /** Version that is active now; undefined: it is not among the known ones. */
  readonly active: PromptVersion | undefined;
}) {
  const promote = useAction(PromotePrompt, (data) => data.promotePrompt);
  const [question, setQuestion] = useState<Question | null>(null);
  if (isActive) return null;
  const isEarlier = active !== undefined && version < active.version;
  const verb = isEarlier ? "Return to" : "Promote";

  function ask() {
    setQuestion({
      title: `${verb} version ${version}?`,
      body: `Calls that start from now on use version ${version}` +
        `${active ? ` in place of version ${active.version}` : ""}. ` +
        "Earlier results do not change, and you can return to any version.",
      action: `${verb} version ${version}`,
      run: async () => failureOf(await promote.run({ id })),
    });
  }

  return (
    <>
      <Button size="compact-md" onClick={ask}>{isEarlier ? "Return to it" : "Promote"}</Button>
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </>
  );
}
