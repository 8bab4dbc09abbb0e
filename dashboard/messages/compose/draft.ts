import { useEffect, useState } from "react";
import type { RetryMode } from "../retry_options.ts";

const STORAGE_KEY = "waybill.draft";

/** Where the recipients come from. */
export type RecipientSource = "paste" | "audience" | "contacts";

/** Contacts that a draft is sent to: all active ones, the important ones, or picked ones. */
export type ContactChoice = "all" | "vip" | "picked";

/** Input of the compose page. */
export interface Draft {
  readonly channel: "EMAIL" | "MESSENGER";
  readonly title: string;
  readonly type: string;
  readonly source: RecipientSource;
  readonly pasted: string;
  readonly audienceId: string | null;
  /** Template whose content is sent; null: the content of this draft. */
  readonly templateId: string | null;
  readonly contacts: ContactChoice;
  /** Picked contacts. */
  readonly contactIds: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly unsubscribable: boolean;
  readonly retryMode: RetryMode;
  readonly maxAttempts: number;
  /** Local time, as an input of the type datetime-local has it; empty: none chosen yet; null: now. */
  readonly sendAt: string | null;
  /** Makes a repeated click safe: the same key sends once. */
  readonly idempotencyKey: string;
}

/** Changes some fields of a draft. */
export type ChangeDraft = (changes: Partial<Draft>) => void;

function newDraft(): Draft {
  return {
    channel: "EMAIL",
    title: "",
    type: "bulk",
    source: "paste",
    pasted: "",
    audienceId: null,
    templateId: null,
    contacts: "all",
    contactIds: [],
    subject: "",
    text: "",
    html: "",
    unsubscribable: false,
    retryMode: "MANUAL",
    maxAttempts: 3,
    sendAt: null,
    idempotencyKey: crypto.randomUUID(),
  };
}

/**
 * The draft of this tab, kept until it was sent, and a function that discards it.
 *
 * @param templateId template that the draft begins with
 */
export function useDraft(
  templateId: string | undefined,
): [Draft, ChangeDraft, discard: () => void] {
  const [draft, setDraft] = useState<Draft>(() => ({
    ...newDraft(),
    ...readDraft(),
    ...(templateId && { templateId }),
  }));
  useEffect(() => storeDraft(draft), [draft]);
  return [
    draft,
    (changes) => setDraft((previous) => ({ ...previous, ...changes })),
    () => setDraft(newDraft()),
  ];
}

function storeDraft(draft: Draft): void {
  try {
    sessionStorage.setItem(STORAGE_KEY, JSON.stringify(draft));
  } catch {
    // The content is larger than the storage of a tab. The draft is lost only if the page is reloaded.
    sessionStorage.removeItem(STORAGE_KEY);
  }
}

function readDraft(): Partial<Draft> {
  const text = sessionStorage.getItem(STORAGE_KEY);
  return text === null ? {} : JSON.parse(text);
}
