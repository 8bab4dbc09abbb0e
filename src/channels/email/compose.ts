import { Buffer } from "node:buffer";
import parseAddresses from "nodemailer/lib/addressparser";
import * as base64 from "nodemailer/lib/base64";
import { foldLines } from "nodemailer/lib/mime-funcs";
import MimeNode from "nodemailer/lib/mime-node";
import * as quotedPrintable from "nodemailer/lib/qp";
import { type DeliveryError, type OutgoingMail, toErrorMessage } from "../channel.ts";

/** A mail as it goes over the wire. */
export interface ComposedMail {
  readonly from: string;
  readonly to: string;
  /** With its angle brackets. */
  readonly messageId: string;
  readonly content: Buffer;
}

/** An address that cannot stand in an envelope. */
export class AddressError extends Error {
  override readonly name = "AddressError";
}

/**
 * Classifies an error on this side, before anything was handed to a server. An address that cannot
 * stand in an envelope stays unusable; any other error, for example of the file system, may be temporary.
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

/** The sender of all mails, encoded once. */
export interface Sender {
  readonly address: string;
  readonly domain: string;
  readonly header: string;
}

// A header's encoding depends on nothing but its value, so that one node encodes them all.
const encoder = new MimeNode();

/**
 * Reads a sender: `noreply@example.com` or `Example <noreply@example.com>`.
 *
 * @throws {AddressError}
 */
export function parseSender(text: string): Sender {
  const [mailbox, ...more] = parseAddresses(text, { flatten: true });
  if (!mailbox || more.length > 0) throw new AddressError(`Not one address: ${text}`);
  const address = toEnvelopeAddress(mailbox.address);
  return {
    address,
    domain: address.slice(address.lastIndexOf("@") + 1),
    header: header("From", [mailbox]),
  };
}

/**
 * Composes one mail (RFC 5322, RFC 2045-2049): text, HTML or both as alternatives. The Message-ID is
 * derived from the delivery's id, so that a repeated mail carries the same one.
 *
 * Headers, words and bodies are encoded by nodemailer; only the frame of at most two parts is laid
 * out here: its own tree of streams takes three times as long for a mail.
 *
 * @throws {AddressError} when the recipient's address cannot stand in an envelope
 */
export function compose(mail: OutgoingMail, sender: Sender): ComposedMail {
  // It stands in headers as it is, and in the names of files.
  if (!/^\w+$/.test(mail.deliveryId)) throw new TypeError(`Not a TypeID: ${mail.deliveryId}`);
  const to = toEnvelopeAddress(mail.to.address);
  const messageId = `<${mail.deliveryId}@${sender.domain}>`;
  const date = new Date().toUTCString().replace("GMT", "+0000");
  const head = sender.header +
    header("To", [{ name: mail.to.name ?? "", address: mail.to.address }]) +
    header("Subject", mail.subject) +
    `Date: ${date}\r\nMessage-ID: ${messageId}\r\nX-Waybill-Delivery: ${mail.deliveryId}\r\n` +
    unsubscribeHeaders(mail) +
    "MIME-Version: 1.0\r\n";
  return {
    from: sender.address,
    to,
    messageId,
    content: Buffer.from(head + body(mail), "utf8"),
  };
}

// RFC 2369 and RFC 8058: never folded, which mail servers on the way undo, and so break signatures. One
// click is for https alone.
function unsubscribeHeaders({ unsubscribeUrl }: OutgoingMail): string {
  if (unsubscribeUrl === undefined) return "";
  if (!/^https?:\/\/[\x21-\x3b\x3d\x3f-\x7e]{1,900}$/.test(unsubscribeUrl)) {
    throw new TypeError(`Not a URL that can stand in a header: ${unsubscribeUrl}`);
  }
  const link = `List-Unsubscribe: <${unsubscribeUrl}>\r\n`;
  if (!unsubscribeUrl.startsWith("https:")) return link;
  return `${link}List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n`;
}

function body({ deliveryId, text, html }: OutgoingMail): string {
  if (html === null) return part("text/plain", text ?? "");
  if (text === null) return part("text/html", html);
  // "=_" stands in no encoded body (RFC 2045 §6.7), and nobody foresees the id of a delivery.
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

function header(key: string, value: Parameters<MimeNode["encodeHeaderValue"]>[1]): string {
  return foldLines(`${key}: ${encoder.encodeHeaderValue(key, value)}`, 76) + "\r\n";
}

/** Turns the domain into its ASCII form, unless the local part asks for UTF-8 anyway (RFC 6531). */
function toEnvelopeAddress(address: string): string {
  // Whatever could end the command, or name a second recipient.
  if (!/^[^\s\p{Cc}<>,;"@]+@[^\s\p{Cc}<>,;"@]+$/u.test(address)) {
    throw new AddressError(`Not an address: ${JSON.stringify(address)}`);
  }
  if (/^[\x21-\x7e]+$/.test(address)) return address;
  return encoder.encodeHeaderValue("To", [{ name: "", address }]).replace(/^<|>$/g, "");
}
