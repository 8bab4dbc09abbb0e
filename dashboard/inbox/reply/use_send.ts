import { useMemo, useState } from "react";
import { type Failure, isFailure, useAction } from "../../kit/action.ts";
import type { Question } from "../../kit/confirm.tsx";
import { formatNumberOf } from "../../kit/format.ts";
import { SendReply } from "../operations.ts";
import { sendKeyOf } from "./draft.ts";
import { placeholdersOf } from "./placeholders.ts";

/** The sending of a reply. */
export interface Sending {
  /** Sends the text; one with placeholders only after a question. */
  readonly send: () => void;
  readonly running: boolean;
  /** True once the reply is queued; the event that shows it may come later. */
  readonly isSent: boolean;
  readonly failure: Failure | null;
  readonly question: Question | null;
  readonly closeQuestion: () => void;
}

/**
 * Prepares the sending of a reply.
 *
 * @param suggestionId suggestion that the text was made from; null: none
 * @param onSent called once the reply is queued
 */
export function useSend(
  threadId: string,
  suggestionId: string | null,
  text: string,
  onSent: () => void,
): Sending {
  const action = useAction(SendReply, (data) => data.sendReply);
  const [isSent, setIsSent] = useState(false);
  const [question, setQuestion] = useState<Question | null>(null);
  // A repeated click, or one after a lost answer, sends the same text once.
  const idempotencyKey = useMemo(
    () => suggestionId === null ? sendKeyOf(threadId) : crypto.randomUUID(),
    [threadId, suggestionId, text],
  );

  async function run() {
    const result = await action.run({ threadId, input: { text, suggestionId, idempotencyKey } });
    if (isFailure(result)) return result.reason;
    setIsSent(true);
    onSent();
    return null;
  }

  function send() {
    if (action.running || isSent || text.trim() === "") return;
    const open = placeholdersOf(text);
    if (open.length === 0) return void run();
    setQuestion({
      title: `Send with ${formatNumberOf(open.length, "placeholder")}?`,
      body: `The text still has ${open.join(", ")}. A sent mail cannot be recalled.`,
      action: "Send it as it is",
      danger: true,
      run,
    });
  }

  return {
    send,
    running: action.running,
    isSent,
    failure: question === null ? action.failure : null,
    question,
    closeQuestion: () => setQuestion(null),
  };
}
