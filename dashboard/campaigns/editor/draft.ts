import type { VariablesOf } from "../../api/graphql.ts";
import type { CampaignRow, CreateCampaign, UpdateCampaign } from "../operations.ts";

/** Input of the editor. */
export interface Draft {
  readonly type: string;
  readonly name: string;
  readonly trigger: CampaignRow["trigger"];
  /** Local time in `timezone`, as an input of the type datetime-local has it. */
  readonly time: string;
  readonly timezone: string;
  readonly sendToLateContacts: boolean;
  readonly enabled: boolean;
  /** Template whose content is copied; null: the content of this draft. */
  readonly templateId: string | null;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Changes some fields of a draft. */
export type ChangeDraft = (changes: Partial<Draft>) => void;

type CreateInput = VariablesOf<typeof CreateCampaign>["input"];
type UpdateInput = VariablesOf<typeof UpdateCampaign>["input"];

/** The time zone of this computer. */
export function ownTimezone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** A new campaign at sign-up. */
export function newDraft(): Draft {
  return {
    type: "welcome",
    name: "",
    trigger: "SIGNUP",
    time: "",
    timezone: ownTimezone(),
    sendToLateContacts: false,
    enabled: true,
    templateId: null,
    subject: "",
    text: "",
    html: "",
  };
}

/** The fields of a campaign, to change it. */
export function draftOf(campaign: CampaignRow): Draft {
  const { type, name, trigger, sendAt, sendToLateContacts, enabled, content } = campaign;
  const timezone = campaign.timezone ?? ownTimezone();
  return {
    type,
    name,
    trigger,
    time: sendAt ? localTime(sendAt, timezone) : "",
    timezone,
    sendToLateContacts,
    enabled,
    templateId: null,
    subject: content.subject,
    text: content.text ?? "",
    html: content.html ?? "",
  };
}

// Sweden writes dates as ISO 8601 does.
function localTime(instant: string, timeZone: string): string {
  const format = new Intl.DateTimeFormat("sv", {
    dateStyle: "short",
    timeStyle: "short",
    timeZone,
  });
  return format.format(new Date(instant)).replace(" ", "T");
}

/** Content that a draft has itself. */
export function contentOf({ subject, text, html }: Draft) {
  return { subject, ...(text && { text }), ...(html && { html }) };
}

function choiceOf(draft: Draft) {
  return draft.templateId === null
    ? { content: contentOf(draft) }
    : { templateId: draft.templateId };
}

function dateOf({ trigger, time, timezone }: Draft) {
  return trigger === "DATE" ? { localSendAt: { time, timezone } } : {};
}

/** Input of `createCampaign`. */
export function createInputOf(draft: Draft): CreateInput {
  const { type, name, trigger, sendToLateContacts, enabled } = draft;
  const late = trigger === "DATE" && sendToLateContacts;
  return {
    type,
    name,
    trigger,
    sendToLateContacts: late,
    enabled,
    ...dateOf(draft),
    ...choiceOf(draft),
  };
}

/** Input of `updateCampaign`: a date only if it was changed, because it may have passed. */
export function updateInputOf(draft: Draft, before: Draft): UpdateInput {
  const { name, sendToLateContacts } = draft;
  const isMoved = draft.time !== before.time || draft.timezone !== before.timezone;
  return { name, sendToLateContacts, ...(isMoved && dateOf(draft)), ...choiceOf(draft) };
}
