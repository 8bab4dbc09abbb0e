import type { Attachment, Email } from "postal-mime";
import { parseTypeId } from "../../domain/id.ts";
import { parseFields, textOf, valuesOf } from "./mail_fields.ts";
import { findDeliveryId } from "./webhook.ts";

const RETURNED = /^(message\/(rfc822|global)|(text\/rfc822|message\/global)(-headers?)?)$/;
const HEADER_END = /\r?\n[ \t]*\r?\n/;
const MESSAGE_ID = /^message-id[ \t]*:[ \t]*(?:\r?\n[ \t]+)?(.*)$/gim;

/**
 * Finds the delivery that a report is about: by the returned mail, or, if the report contains no Message-ID
 * of it, by the report itself.
 *
 * @param copy text that contains a copy of the mail, besides the parts that return it
 * @returns database id; null if the report is about another mail, or names several deliveries
 */
export function findReportedDelivery(mail: Email, copy = ""): string | null {
  const returned = [...mail.attachments.filter(isReturned).map(textOf), copy];
  for (const text of returned) {
    const id = findInReturned(text);
    if (id !== null) return id;
  }
  if (returned.some((text) => text.search(MESSAGE_ID) >= 0)) return null;
  // The other parts: fields of the report, for example X-Original-Message-ID, and a mail of an unusual type.
  return findDeliveryId([mail.inReplyTo]) ??
    findOnly([mail.references, mail.text, ...mail.attachments.map(textOf)]);
}

/** Whether a part of a report is the returned mail or its header. */
export function isReturned({ mimeType }: Attachment): boolean {
  return RETURNED.test(mimeType);
}

// The last Message-ID, because relays that add their own put it before that of the mail.
function findInReturned(text: string): string | null {
  const header = parseFields(text.trimStart().split(HEADER_END, 1)[0] ?? "");
  return findDeliveryId([
    ...valuesOf(header, "x-waybill-delivery"),
    ...valuesOf(header, "message-id").reverse(),
    ...[...text.matchAll(MESSAGE_ID)].map(([, value]) => value).reverse(),
  ]);
}

/** Finds the delivery that the texts name; null if they name several. */
function findOnly(texts: readonly (string | undefined)[]): string | null {
  const found = texts.flatMap((text) => text?.match(/dlv_[0-9a-z]{26}/g) ?? []);
  const ids = new Set(found.flatMap((typeId) => parseTypeId(typeId)?.id ?? []));
  const [id = null] = ids;
  return ids.size === 1 ? id : null;
}
