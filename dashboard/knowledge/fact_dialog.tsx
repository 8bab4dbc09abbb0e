import { Button, Group, Modal, SegmentedControl, Stack, Textarea, TextInput } from "@mantine/core";
import { getHotkeyHandler } from "@mantine/hooks";
import { useState } from "react";
import { isFailure, useAction } from "../kit/action.ts";
import { ErrorNotice } from "../kit/error_notice.tsx";
import type { FactRow } from "./fact_fields.ts";
import { UpsertFact } from "./operations.ts";
import { ScopeField } from "./scope_field.tsx";

type Draft = Pick<FactRow, "kind" | "question" | "answer" | "scope">;

const EMPTY: Draft = { kind: "FACT", question: "", answer: "", scope: "all" };

/** Dialog that adds a fact, or edits one, which approves it. */
export function FactDialog({ fact, onClose, onSaved }: {
  /** "new": adds a fact; null: closed. */
  readonly fact: FactRow | "new" | null;
  readonly onClose: () => void;
  readonly onSaved: (fact: FactRow) => void;
}) {
  return (
    <Modal
      opened={fact !== null}
      onClose={onClose}
      title={fact === "new" ? "Add a fact" : "Edit and approve the fact"}
      size="lg"
      centered
      closeOnClickOutside={false}
    >
      {fact !== null && (
        <FactForm fact={fact === "new" ? null : fact} onClose={onClose} onSaved={onSaved} />
      )}
    </Modal>
  );
}

function FactForm({ fact, onClose, onSaved }: {
  readonly fact: FactRow | null;
  readonly onClose: () => void;
  readonly onSaved: (fact: FactRow) => void;
}) {
  const upsert = useAction(UpsertFact, (data) => data.upsertFact);
  const [draft, setDraft] = useState<Draft>(fact ?? EMPTY);
  const { kind, question, answer, scope } = draft;
  const change = (changes: Partial<Draft>) => setDraft({ ...draft, ...changes });
  const errorOf = (field: string) => upsert.issueOf(field) ?? upsert.issueOf("input", field);
  const isPreference = kind === "PREFERENCE";

  async function save() {
    const id = fact ? { id: fact.id } : {};
    const saved = await upsert.run({ input: { ...id, kind, question, answer, scope } });
    if (isFailure(saved)) return;
    onClose();
    onSaved(saved.fact);
  }

  return (
    <Stack gap="sm" onKeyDown={getHotkeyHandler([["mod+Enter", () => void save()]])}>
      <SegmentedControl
        aria-label="Kind"
        value={kind}
        onChange={(value) => change({ kind: value === "FACT" ? "FACT" : "PREFERENCE" })}
        data={[
          { value: "FACT", label: "Answer to a question" },
          { value: "PREFERENCE", label: "Way of writing" },
        ]}
      />
      <TextInput
        label={isPreference ? "Subject (optional)" : "Question"}
        placeholder={isPreference ? "Greeting" : "How long does a delivery take?"}
        maxLength={1_000}
        value={question}
        error={errorOf("question")}
        onChange={(event) => change({ question: event.currentTarget.value })}
        data-autofocus
      />
      <Textarea
        label={isPreference ? "How replies are written" : "Answer"}
        placeholder={isPreference ? "Begin with “Dear …”" : "Three working days."}
        autosize
        minRows={3}
        maxRows={12}
        maxLength={5_000}
        value={answer}
        error={errorOf("answer")}
        onChange={(event) => change({ answer: event.currentTarget.value })}
      />
      <ScopeField
        scope={scope}
        error={errorOf("scope")}
        onChange={(scope) => change({ scope })}
      />
      {upsert.failure && !upsert.failure.issues?.length && (
        <ErrorNotice reason={upsert.failure.reason} />
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>Back</Button>
        <Button loading={upsert.running} onClick={save}>
          {fact ? "Save and approve" : "Add the fact"}
        </Button>
      </Group>
    </Stack>
  );
}
