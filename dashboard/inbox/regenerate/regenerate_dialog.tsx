import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { isFailure, useAction } from "../../kit/action.ts";
import { CopyGraphQL } from "../../kit/copy_graphql.tsx";
import { ErrorNotice } from "../../kit/error_notice.tsx";
import { formatCount, formatNumberOf } from "../../kit/format.ts";
import { RegenerateSuggestions } from "../operations.ts";
import type { ThreadRow } from "../thread_fields.ts";

const USUAL = ["Friendlier", "Shorter", "More formal", "More detailed"];

/** Dialog that regenerates the replies of threads; closed while there are none. */
export function RegenerateDialog({ threads, onClose, onStarted }: {
  readonly threads: readonly ThreadRow[];
  readonly onClose: () => void;
  /** Called with the id of the job that regenerates more than 20; null for fewer, which are queued already. */
  readonly onStarted: (jobId: string | null) => void;
}) {
  return (
    <Modal
      opened={threads.length > 0}
      onClose={onClose}
      title={threads.length === 1
        ? "Regenerate the reply"
        : `Regenerate ${formatCount(threads.length)} replies`}
      centered
    >
      <RegenerateForm threads={threads} onClose={onClose} onStarted={onStarted} />
    </Modal>
  );
}

function RegenerateForm({ threads, onClose, onStarted }: {
  readonly threads: readonly ThreadRow[];
  readonly onClose: () => void;
  readonly onStarted: (jobId: string | null) => void;
}) {
  const regenerate = useAction(RegenerateSuggestions, (data) => data.regenerateSuggestions);
  const [text, setText] = useState("");
  const threadIds = threads.filter(isRenewable).map(({ id }) => id);
  const leftOut = threads.length - threadIds.length;

  async function run(instruction: string) {
    const started = await regenerate.run({ threadIds, instruction: instruction.trim() || null });
    if (isFailure(started)) return;
    onStarted(started.job?.id ?? null);
    onClose();
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    void run(text);
  }

  if (threadIds.length === 0) {
    return (
      <p>
        The text is edited, so it is not replaced. Go back to the suggestion first.
      </p>
    );
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        {leftOut > 0 && (
          <p className="dimmed">
            {formatNumberOf(leftOut, "thread")}{" "}
            left out: a person has edited the reply, or nothing is suggested.
          </p>
        )}
        <Group gap="xs" role="group" aria-label="Usual instructions">
          {USUAL.map((instruction) => (
            <Button
              key={instruction}
              size="compact-sm"
              variant="default"
              disabled={regenerate.running}
              onClick={() => void run(instruction)}
            >
              {instruction}
            </Button>
          ))}
        </Group>
        <TextInput
          label="Instruction"
          description="Instruction for the new text; optional."
          maxLength={500}
          data-autofocus
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          error={regenerate.issueOf("instruction")}
        />
        {regenerate.failure && <ErrorNotice reason={regenerate.failure.reason} />}
        <Group justify="flex-end">
          <CopyGraphQL
            operation={RegenerateSuggestions}
            variables={{ threadIds, instruction: text || null }}
          />
          <Button type="submit" loading={regenerate.running}>
            {threadIds.length === 1 ? "Regenerate" : `Regenerate ${formatCount(threadIds.length)}`}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function isRenewable({ suggestion, answered }: ThreadRow): boolean {
  return suggestion !== null && (answered || suggestion.editedText === null);
}
