import { useSyncExternalStore } from "react";

const STORAGE_KEY = "waybill.reply.";

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Text that the user has written in a thread and that the server does not store; empty: none. Like the draft of a
 * message, it is kept in this tab until it is sent or discarded, or the user signs out.
 *
 * @returns the text, and a function that replaces it
 */
export function useDraft(threadId: string): [draft: string, keep: (text: string) => void] {
  const draft = useSyncExternalStore(subscribe, () => readDraft(threadId));
  return [draft, (text) => keepDraft(threadId, text)];
}

function readDraft(threadId: string): string {
  return sessionStorage.getItem(STORAGE_KEY + threadId) ?? "";
}

function keepDraft(threadId: string, text: string): void {
  const key = STORAGE_KEY + threadId;
  try {
    if (text.trim() === "") sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, text);
  } catch {
    // The storage of the tab is full. An older text must not be taken for this one.
    sessionStorage.removeItem(key);
  }
  for (const listener of listeners) listener();
}
