import type { VariablesOf } from "../../api/graphql.ts";
import type { Content } from "../content/content_preview.ts";
import { contactSelectionOf } from "./contact_selection.ts";
import type { Draft } from "./draft.ts";
import { readPasted } from "./pasted.ts";
import type { SendMessage } from "./send.ts";
import type { ChosenTemplate } from "./template_field.tsx";

type SendInput = VariablesOf<typeof SendMessage>["input"];

/** Content of a draft as it is sent; null: that of a template which is not read yet. */
export function contentOf(draft: Draft, template: ChosenTemplate | null): Content | null {
  if (draft.templateId !== null && !template) return null;
  const { subject, text, html } = template?.content ?? draft;
  return {
    subject,
    ...(text && { text }),
    ...(draft.channel === "EMAIL" && html && { html }),
  };
}

/** The content as an input: a template by its id, because its version is recorded. */
export function choiceOf(
  draft: Draft,
): { readonly templateId: string } | { readonly content: Content } {
  if (draft.templateId !== null) return { templateId: draft.templateId };
  return { content: contentOf(draft, null) ?? { subject: "" } };
}

function recipientsOf(draft: Draft): SendInput["to"] {
  switch (draft.source) {
    case "audience":
      return { audienceId: draft.audienceId ?? "" };
    case "contacts":
      return { contacts: contactSelectionOf(draft) ?? { ids: [] } };
    case "paste":
      // With its duplicates, so that the server counts them.
      return { list: readPasted(draft.pasted).all.map((recipient) => ({ ...recipient })) };
  }
}

/** Input of `sendMessage`. */
export function sendInputOf(draft: Draft, template: ChosenTemplate | null): SendInput {
  const { channel, title, type, subject, sendAt, idempotencyKey, unsubscribable } = draft;
  return {
    title: title || (template?.name ?? subject),
    channel,
    type: type || "bulk",
    ...choiceOf(draft),
    to: recipientsOf(draft),
    retry: {
      mode: draft.retryMode,
      maxAttempts: draft.maxAttempts,
      ...(draft.retryMode === "AUTO" && { backoff: "IMMEDIATE" }),
    },
    ...(sendAt && { sendAt: new Date(sendAt).toISOString() }),
    ...(channel === "EMAIL" && { unsubscribable }),
    idempotencyKey,
  };
}

/** Faults that the page finds before it asks the server, by field. */
export function faultsOf(draft: Draft): Readonly<Record<string, string>> {
  const { all, recipients } = readPasted(draft.pasted);
  return {
    ...(draft.source === "paste" && recipients.length === 0 && {
      to: "Enter at least one recipient.",
    }),
    ...(draft.source === "paste" && all.length > 10_000 && {
      to: "At most 10,000 recipients can be pasted. Upload more as a CSV file.",
    }),
    ...(draft.source === "audience" && draft.audienceId === null && {
      to: "Choose an audience, or upload a CSV file.",
    }),
    ...(draft.source === "contacts" && contactSelectionOf(draft) === null && {
      to: "Pick at least one contact.",
    }),
    ...(draft.templateId === null && draft.subject.trim() === "" &&
      { "content.subject": "Enter a subject." }),
    ...(draft.sendAt !== null && !(new Date(draft.sendAt).getTime() > Date.now()) && {
      sendAt: "Choose a time in the future, or send now.",
    }),
  };
}
