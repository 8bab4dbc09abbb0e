import { Buffer } from "node:buffer";
import { domainToASCII } from "node:url";
import parseAddresses from "nodemailer/lib/addressparser";
import * as base64 from "nodemailer/lib/base64";
import { encodeWord, foldLines } from "nodemailer/lib/mime-funcs";
import MimeNode from "nodemailer/lib/mime-node";
import * as quotedPrintable from "nodemailer/lib/qp";
import { type DeliveryError, type OutgoingMail, toErrorMessage } from "../channel.ts";

/** Mail in its transfer form. */
export interface ComposedMail {
  readonly from: string;
  readonly to: string;
  /** An address that only a server with SMTPUTF8 may receive (RFC 6531); null: none. */
  readonly utf8Address: string | null;
  /** With angle brackets. */
  readonly messageId: string;
  readonly content: Buffer;
}

/** An address is not usable in an envelope. */
export class AddressError extends Error {
  override readonly name = "AddressError";
}

/**
 * Classifies a local error, which occurred before anything was transmitted to a server. An invalid
 * address stays invalid; any other error may be temporary.
 */
export function classifyLocalFailure(error: unknown): DeliveryError {
  const unusable = error instanceof AddressError;
  return {
    type: unusable ? "INVALID_RECIPIENT" : "OTHER",
    disposition: unusable ? "never" : "retry",
    code: null,
    message: toErrorMessage(error instanceof Error ? error.message : String(error)),
    retryAfterMs: null,
    beforeRecipient: false,
  };
}

/** Sender of all mails that name none, encoded once. Bounces of all mails go to it. */
export interface Sender {
  readonly address: string;
  readonly name: string;
  readonly domain: string;
  readonly header: string;
}

// The encoding of a header depends on its value alone, so one node serves all mails.
const encoder = new MimeNode();
// Length at which nodemailer splits encoded words; RFC 2047 allows 75.
const MAX_WORD = 52;

/**
 * Parses a sender: `noreply@example.com` or `Example <noreply@example.com>`.
 *
 * @throws {AddressError}
 */
export function parseSender(text: string): Sender {
  const [mailbox, ...more] = parseAddresses(text, { flatten: true });
  if (!mailbox || more.length > 0) {
    throw new AddressError(`Cannot use ${JSON.stringify(text)} as sender: it is not one address`);
  }
  const address = toEnvelopeAddress(mailbox.address);
  return {
    address,
    name: mailbox.name,
    domain: domainOf(address),
    header: mailboxHeader("From", mailbox.name, address),
  };
}

/**
 * Composes one mail (RFC 5322, RFC 2045-2049): text, HTML or both as alternatives. The Message-ID is
 * derived from the delivery's id, so that a repeated mail carries the same one.
 *
 * nodemailer encodes headers and bodies. The structure of at most two parts is built here, because
 * nodemailer's tree of streams takes three times as long for a mail.
 *
 * @throws {AddressError} if the recipient's address is not usable in an envelope
 */
export function compose(mail: OutgoingMail, sender: Sender): ComposedMail {
  // The id is copied into headers and file names without encoding.
  if (!/^\w+$/.test(mail.deliveryId)) {
    throw new TypeError(
      `Cannot compose a mail for ${JSON.stringify(mail.deliveryId)}: it is not a TypeID`,
    );
  }
  const to = toEnvelopeAddress(mail.to.address);
  const messageId = `<${mail.deliveryId}@${sender.domain}>`;
  const from = mail.from ? toEnvelopeAddress(mail.from.address) : sender.address;
  const replyTo = mail.replyTo === undefined ? null : toEnvelopeAddress(mail.replyTo);
  const date = new Date().toUTCString().replace("GMT", "+0000");
  const head = (mail.from ? mailboxHeader("From", mail.from.name ?? "", from) : sender.header) +
    (replyTo === null ? "" : mailboxHeader("Reply-To", "", replyTo)) +
    mailboxHeader("To", mail.to.name ?? "", to) +
    subjectHeader(mail.subject) +
    `Date: ${date}\r\nMessage-ID: ${messageId}\r\nX-Waybill-Delivery: ${mail.deliveryId}\r\n` +
    threadHeaders(mail) +
    unsubscribeHeaders(mail) +
    listIdHeader(mail, from) +
    "MIME-Version: 1.0\r\n";
  return {
    from: sender.address,
    to,
    utf8Address: [sender.address, from, replyTo ?? "", to].find((address) => !isAscii(address)) ??
      null,
    messageId,
    content: Buffer.from(head + body(mail), "utf8"),
  };
}

// RFC 5322 §3.6.4: by these headers mail programs show a reply in its thread. Their ids come from others' mails, so that
// an id with a space or a line end is left out.
function threadHeaders({ references = [] }: OutgoingMail): string {
  const ids = references.filter((id) => /^[\x21-\x3b\x3d\x3f-\x7e]+$/.test(id)).map((id) =>
    `<${id}>`
  );
  const answered = ids.at(-1);
  if (answered === undefined) return "";
  return `In-Reply-To: ${answered}\r\nReferences: ${ids.join("\r\n ")}\r\n`;
}

// RFC 2369 and RFC 8058. The headers are not folded, because some mail servers unfold them and so break
// DKIM signatures. RFC 8058 requires https for one-click unsubscribing.
function unsubscribeHeaders({ unsubscribeUrl }: OutgoingMail): string {
  if (unsubscribeUrl === undefined) return "";
  if (!/^https?:\/\/[\x21-\x3b\x3d\x3f-\x7e]{1,900}$/.test(unsubscribeUrl)) {
    throw new TypeError(`Cannot use ${unsubscribeUrl} in List-Unsubscribe: not an http URL`);
  }
  const link = `List-Unsubscribe: <${unsubscribeUrl}>\r\n`;
  if (!unsubscribeUrl.startsWith("https:")) return link;
  return `${link}List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n`;
}

// RFC 2919. Mail programs and filters recognize a list by it, whatever the sender's address.
function listIdHeader({ listId, unsubscribeUrl }: OutgoingMail, from: string): string {
  if (listId === undefined || unsubscribeUrl === undefined) return "";
  if (!/^\w+$/.test(listId)) {
    throw new TypeError(`Cannot use ${JSON.stringify(listId)} in List-Id: it is not a TypeID`);
  }
  return `List-Id: <${listId}.${domainOf(from)}>\r\n`;
}

function body({ deliveryId, text, html }: OutgoingMail): string {
  if (html === null) return part("text/plain", text ?? "");
  if (text === null) return part("text/html", html);
  // "=_" occurs in no encoded body (RFC 2045 §6.7), and the id of a delivery cannot be guessed.
  const boundary = `=_${deliveryId}`;
  return `Content-Type: multipart/alternative; boundary="${boundary}"\r\n\r\n` +
    `--${boundary}\r\n${part("text/plain", text)}\r\n` +
    `--${boundary}\r\n${part("text/html", html)}\r\n` +
    `--${boundary}--\r\n`;
}

function part(type: string, content: string): string {
  const encoding = new MimeNode(type).setContent(content).getTransferEncoding() || "7bit";
  return `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n` +
    encode(content.replace(/\r\n|\r|\n/g, "\r\n"), encoding);
}

function encode(content: string, encoding: string): string {
  if (encoding === "quoted-printable") {
    return quotedPrintable.wrap(quotedPrintable.encode(content));
  }
  return encoding === "base64" ? base64.wrap(base64.encode(content)) : content;
}

function header(key: string, value: string): string {
  return foldLines(`${key}: ${value}`, 76) + "\r\n";
}

function mailboxHeader(key: "From" | "Reply-To" | "To", name: string, address: string): string {
  const text = withoutControls(name);
  const encoded = looksEncoded(text)
    ? `${encodeWord(text, "Q", MAX_WORD)} <${normalize(address)}>`
    : encoder.encodeHeaderValue(key, [{ name: text, address }]);
  return header(key, encoded);
}

function subjectHeader(subject: string): string {
  const text = withoutControls(subject);
  const encoded = looksEncoded(text)
    ? encodeWord(text, "Q", MAX_WORD)
    : encoder.encodeHeaderValue("Subject", text);
  return header("Subject", encoded);
}

/**
 * True if a reader may decode a part of the text as an encoded word (RFC 2047). nodemailer would leave it
 * as it is; encoding the text keeps its characters.
 */
function looksEncoded(text: string): boolean {
  return text.includes("=?");
}

function withoutControls(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ").trim();
}

/** Converts the domain to ASCII, unless the local part needs UTF-8 anyway (RFC 6531). */
function toEnvelopeAddress(address: string): string {
  // Excludes every character that could end the command or add a second recipient.
  if (!/^[^\s\p{Cc}<>,;"@]+@[^\s\p{Cc}<>,;"@]+$/u.test(address)) {
    throw new AddressError(`Cannot send to ${JSON.stringify(address)}: it is not an email address`);
  }
  if (isAscii(address)) return address;
  const [local = ""] = address.split("@");
  const converted = normalize(address);
  if (!isAscii(converted) && isAscii(local)) {
    throw new AddressError(`Cannot send to ${JSON.stringify(address)}: its domain is not valid`);
  }
  return converted;
}

function domainOf(address: string): string {
  return domainToASCII(address.slice(address.lastIndexOf("@") + 1));
}

function isAscii(text: string): boolean {
  return /^[\x21-\x7e]*$/.test(text);
}

/** Quotes the local part if it must be quoted, and converts the domain. */
function normalize(address: string): string {
  return encoder.encodeHeaderValue("To", [{ name: "", address }]).replace(/^<|>$/g, "");
}
