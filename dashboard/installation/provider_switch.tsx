import { Button } from "@mantine/core";
import { useState } from "react";
import { failureOf, useAction } from "../kit/action.ts";
import { Confirm, type Question } from "../kit/confirm.tsx";
import { ErrorNotice } from "../kit/error_notice.tsx";
import { type ProviderState, UpdateProvider } from "./operations.ts";

const OFF_CHANNEL =
  "Nothing is sent to it in any process. The next provider of the channel takes over; without " +
  "another one messages wait until you enable it again.";
const OFF_MODEL =
  "Nothing is sent to it in any process. Jobs that ask the model wait until you enable it again.";

/** Enables or disables a provider, which is confirmed first, because messages may stop. */
export function ProviderSwitch({ provider: { id, name, channel, enabled } }: {
  readonly provider: ProviderState;
}) {
  const update = useAction(UpdateProvider, (data) => data.updateProvider);
  const [question, setQuestion] = useState<Question | null>(null);

  function askToDisable() {
    setQuestion({
      title: `Disable ${name}?`,
      body: channel === null ? OFF_MODEL : OFF_CHANNEL,
      action: "Disable",
      run: async () => failureOf(await update.run({ id, input: { enabled: false } })),
    });
  }

  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        loading={update.running}
        onClick={enabled ? askToDisable : () => update.run({ id, input: { enabled: true } })}
      >
        {enabled ? "Disable" : "Enable"}
      </Button>
      {update.failure && !question && <ErrorNotice reason={update.failure.reason} />}
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </>
  );
}
