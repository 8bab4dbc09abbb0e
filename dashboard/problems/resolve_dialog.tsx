import { Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { Failure, graphql } from "../api/graphql.ts";
import { isFailure, useAction } from "../kit/action.ts";
import { ErrorNotice } from "../kit/error_notice.tsx";
import { type Problem, ProblemFields } from "./problem_fields.ts";

const ResolveProblem = graphql(
  `
  mutation ResolveProblem($id: ID!, $note: String) {
    resolveProblem(id: $id, note: $note) {
      __typename
      ... on ResolveProblemPayload { problem { ...ProblemFields } }
      ...Failure
    }
  }
`,
  [ProblemFields, Failure],
);

/** Dialog that marks a problem as fixed, with a note. */
export function ResolveDialog({ problem, opened, onClose }: {
  readonly problem: Problem;
  readonly opened: boolean;
  readonly onClose: () => void;
}) {
  const resolve = useAction(ResolveProblem, (data) => data.resolveProblem);
  const [note, setNote] = useState("");

  async function run() {
    const done = await resolve.run({ id: problem.id, note: note.trim() || null });
    if (isFailure(done)) return;
    setNote("");
    onClose();
  }

  return (
    <Modal opened={opened} onClose={onClose} title="Resolve this problem" centered>
      <Stack gap="sm">
        <Text size="sm">
          It leaves the list of open problems. Nothing is retried; the next failure opens it again.
        </Text>
        <Textarea
          label="Note"
          description="Optional: the cause, and how it was fixed."
          autosize
          minRows={3}
          maxRows={8}
          maxLength={2_000}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          data-autofocus
        />
        {resolve.failure && <ErrorNotice reason={resolve.failure.reason} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>Back</Button>
          <Button loading={resolve.running} onClick={run}>Resolve</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
