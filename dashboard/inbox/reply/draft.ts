import { useSyncExternalStore } from "react";

const TEXT = "waybill.reply.";
const SEND_KEY = "waybill.reply_key.";

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

/** Idempotency key of the draft of a thread. It stays with the text, also when the page is loaded again. */
export function sendKeyOf(threadId: string): string {
  return sessionStorage.getItem(SEND_KEY + threadId) ?? crypto.randomUUID();
}

function readDraft(threadId: string): string {
  return sessionStorage.getItem(TEXT + threadId) ?? "";
}

function keepDraft(threadId: string, text: string): void {
  try {
    if (text.trim() === "") forget(threadId);
    else store(threadId, text);
  } catch {
    // The storage of the tab is full. An older text must not be taken for this one.
    forget(threadId);
  }
  for (const listener of listeners) listener();
}

function store(threadId: string, text: string): void {
  sessionStorage.setItem(TEXT + threadId, text);
  sessionStorage.setItem(SEND_KEY + threadId, crypto.randomUUID());
}

function forget(threadId: string): void {
  sessionStorage.removeItem(TEXT + threadId);
  sessionStorage.removeItem(SEND_KEY + threadId);
}
