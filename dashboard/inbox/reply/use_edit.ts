import { useDebouncedCallback } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";
import { type Failure, isFailure, useAction } from "../../kit/action.ts";
import { EditSuggestion } from "../operations.ts";
import type { Suggestion } from "../thread_query.ts";
import { useDraft } from "./draft.ts";
import { type Sending, useSend } from "./use_send.ts";

const SAVE_MS = 600;

/** The text of a suggestion as the user edits it. */
export interface Edit {
  readonly text: string;
  /** Changes the text, which is saved shortly after the last key. */
  readonly change: (text: string) => void;
  readonly sending: Sending;
  readonly isSaving: boolean;
  /** Failure to save the text; null: none. */
  readonly failure: Failure | null;
}

interface EditState {
  readonly text: string;
  /** Stored text that was shown or ignored last. */
  readonly seen: string;
  /** Text that was saved last, or taken from the server: the next save replaces it. */
  readonly saved: string;
  /** `replaces` of a save that was refused, because another text was stored; null: none was refused. */
  readonly outdated: string | null;
}

/**
 * Edits a suggestion. A text that another person or the model stores is shown at once, unless the user has typed
 * meanwhile: then the text of the user becomes a draft as soon as the server refuses to save it.
 */
export function useEdit(threadId: string, { id, editedText, text: suggested }: Suggestion): Edit {
  const stored = editedText ?? suggested;
  const action = useAction(EditSuggestion, (data) => data.editSuggestion);
  const [, keep] = useDraft(threadId);
  const [edit, setEdit] = useState<EditState>(() => stateOf(stored));
  const { text, seen, saved, outdated } = edit;
  // While a save runs, the stored text may be the one that is being saved, so the check waits for its result.
  if (stored !== seen && !action.running) {
    setEdit(text === saved || text === stored ? stateOf(stored) : { ...edit, seen: stored });
  }
  useEffect(() => {
    if (outdated === null || stored === outdated) return;
    keep(text);
    setEdit(stateOf(stored));
  }, [outdated, stored]);
  const sending = useSend(threadId, id, text, () => {});
  // A text that was sent cannot be saved any more.
  const isSent = useRef(false);
  useEffect(() => {
    isSent.current = sending.running || sending.isSent;
  });
  const saveLater = useDebouncedCallback(save, { delay: SAVE_MS, flushOnUnmount: true });

  async function save() {
    if (isSent.current || text === saved || outdated !== null) return;
    setEdit((edit) => ({ ...edit, saved: text }));
    const result = await action.run({ id, text, replaces: saved });
    if (!isFailure(result)) return;
    setEdit((edit) => edit.saved === text ? { ...edit, saved } : edit);
    // The text is kept even if the editor is closed: the thread may be answered, or the user may have left the page.
    if (result.code !== undefined && !isSent.current) keep(text);
    if (result.code === "CHANGED") setEdit((edit) => ({ ...edit, outdated: saved }));
  }

  return {
    text,
    change(text) {
      setEdit((edit) => ({ ...edit, text }));
      saveLater();
    },
    sending,
    isSaving: action.running,
    failure: text === saved ? null : action.failure,
  };
}

function stateOf(stored: string): EditState {
  return { text: stored, seen: stored, saved: stored, outdated: null };
}
