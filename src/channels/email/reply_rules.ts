import type { FailureClass } from "../channel.ts";
import {
  DISABLED,
  DISK_FULL,
  FULL,
  LOGIN_REQUIRED,
  NO_DOMAIN,
  NO_MAILBOX,
  OTHER_CAUSE,
  POLICY,
  PROTOCOL,
  RATE,
  SENDER,
  SENDING_QUOTA,
  TOO_LARGE,
  UNCERTAIN,
} from "./reply_words.ts";

/**
 * Part of the SMTP conversation that a reply answers. OPEN is the greeting and EHLO, DATA includes the
 * final dot, and REPORT is a bounce report, which quotes the reply later.
 */
export type Stage = "OPEN" | "STARTTLS" | "AUTH" | "MAIL" | "RCPT" | "DATA" | "REPORT";

/** A negative reply of a mail server, parsed. */
export interface Reply {
  readonly stage: Stage;
  /** Reply code (RFC 5321 §4.2): 550; null if a report quotes none. */
  readonly code: number | null;
  /** Enhanced status code (RFC 3463): "5.1.1"; "" if there is none. */
  readonly status: string;
  /** Text on one line, without codes, addresses and host names. */
  readonly words: string;
  /** True for 5yz, false for 4yz. */
  readonly permanent: boolean;
}

/** One row of the table: every condition that is present must hold. */
export interface ReplyRule {
  readonly at?: readonly Stage[];
  /** Reply codes, or all temporary (4yz) or permanent (5yz) ones. */
  readonly code?: readonly number[] | "4yz" | "5yz";
  readonly status?: RegExp;
  readonly words?: readonly RegExp[];
  readonly class: FailureClass;
}

const BEFORE_RCPT: readonly Stage[] = ["OPEN", "STARTTLS", "AUTH", "MAIL"];
// RFC 3207 and RFC 4954 use 4.7.0 for failures of TLS and of the login.
const NOT_SECURING: readonly Stage[] = ["OPEN", "MAIL", "RCPT", "DATA", "REPORT"];
const TRANSACTION: readonly Stage[] = ["MAIL", "RCPT", "DATA", "REPORT"];
const AFTER_MAIL: readonly Stage[] = ["RCPT", "DATA", "REPORT"];
const RECIPIENT: readonly Stage[] = ["RCPT", "REPORT"];

const FULL_FOR_NOW: FailureClass = [
  "RATE_LIMIT",
  "retry",
  { code: "MAILBOX_FULL", maxAttempts: 3 },
];
const FULL_MAILBOX: FailureClass = ["RATE_LIMIT", "never", { code: "MAILBOX_FULL" }];
const SENDER_REFUSED: FailureClass = ["PERMISSION", "never", { refusesSender: true }];
const REFUSED: FailureClass = ["PERMISSION", "never"];
const NO_SUCH_ADDRESS: FailureClass = ["INVALID_RECIPIENT", "suppress"];

/**
 * Meaning of a mail server's negative reply, in the conversation and in a later bounce report. The first
 * row that matches decides. Only a plain "no such user" or "no such domain" suppresses the address, so
 * every row about the sender, the mail, a full mailbox or a passing cause precedes those rows. An unclear
 * reply does not suppress.
 */
export const REPLY_RULES: readonly (readonly [name: string, rule: ReplyRule])[] = [
  // Login. Later replies with the same codes concern one recipient; see below.
  ["530, 534, 535 login refused", {
    at: BEFORE_RCPT,
    code: [530, 534, 535],
    class: ["ACCESS_TOKEN", "pause"],
  }],
  ["5.7.8, 5.7.9 login refused", {
    at: BEFORE_RCPT,
    code: "5yz",
    status: /^5\.7\.[89]$/,
    class: ["ACCESS_TOKEN", "pause"],
  }],
  ["login required", {
    at: BEFORE_RCPT,
    code: "5yz",
    words: [LOGIN_REQUIRED],
    class: ["ACCESS_TOKEN", "pause"],
  }],

  // Limits and full mailboxes.
  ["4.2.2 mailbox full", { status: /^4\.2\.2$/, class: FULL_FOR_NOW }],
  ["5.2.2 mailbox full", { at: AFTER_MAIL, status: /^5\.2\.2$/, class: FULL_MAILBOX }],
  ["sending rate exceeded", { words: [RATE], class: ["RATE_LIMIT", "retry"] }],
  ["sending quota exceeded", { words: [SENDING_QUOTA], class: ["RATE_LIMIT", "retry"] }],
  ["5.2.3, 5.3.4, 5.4.6, 5.6.x mail", {
    code: "5yz",
    status: /^5\.(2\.3|3\.4|4\.6|6\.\d+)$/,
    class: ["OTHER", "never"],
  }],
  ["mailbox full for now", { at: AFTER_MAIL, code: "4yz", words: [FULL], class: FULL_FOR_NOW }],
  ["mailbox full", {
    at: AFTER_MAIL,
    code: "5yz",
    words: [FULL, DISK_FULL],
    class: FULL_MAILBOX,
  }],

  // Temporary failures by their enhanced status codes.
  ["4.3.x, 4.4.x server or network", { status: /^4\.[34]\./, class: ["NETWORK", "retry"] }],
  ["4.7.x throttled", { at: NOT_SECURING, status: /^4\.7\./, class: ["RATE_LIMIT", "retry"] }],
  ["4.5.3 too many recipients", { status: /^4\.5\.3$/, class: ["RATE_LIMIT", "retry"] }],
  ["4.1.7, 4.1.8 sender", { status: /^4\.1\.[78]$/, class: ["PERMISSION", "retry"] }],

  // A failure before MAIL concerns the provider, not the mail.
  ["421 closing", { code: [421], class: ["NETWORK", "retry"] }],
  ["TLS failed for now", { at: ["STARTTLS"], code: "4yz", class: ["NETWORK", "retry"] }],
  ["login failed for now", { at: ["AUTH"], code: "4yz", class: ["ACCESS_TOKEN", "retry"] }],
  ["login failed", { at: ["AUTH"], code: "5yz", class: ["ACCESS_TOKEN", "pause"] }],

  // Refusals of the sender or of the mail.
  ["530, 534, 535 after MAIL", {
    at: AFTER_MAIL,
    code: [530, 534, 535],
    class: SENDER_REFUSED,
  }],
  ["5.1.7, 5.1.8, 5.7.8, 5.7.9, 5.7.20 to 5.7.27, 5.7.29 sender", {
    at: AFTER_MAIL,
    code: "5yz",
    status: /^5\.(1\.[78]|7\.([89]|2[0-79]))$/,
    class: SENDER_REFUSED,
  }],
  ["mail too large", {
    at: TRANSACTION,
    code: "5yz",
    words: [TOO_LARGE],
    class: ["OTHER", "never"],
  }],
  ["sender", {
    at: AFTER_MAIL,
    code: "5yz",
    words: [SENDER, LOGIN_REQUIRED],
    class: SENDER_REFUSED,
  }],
  ["policy", { at: AFTER_MAIL, code: "5yz", words: [POLICY], class: REFUSED }],
  // 5.7.0 and 5.7.1 follow the words, because some servers use them for unknown users.
  ["5.7.2 and above policy", {
    at: AFTER_MAIL,
    code: "5yz",
    status: /^5\.7\.(?![01]$)/,
    class: REFUSED,
  }],
  ["protocol or loop", {
    at: AFTER_MAIL,
    code: "5yz",
    words: [PROTOCOL],
    class: ["OTHER", "never"],
  }],

  // Recipients.
  ["uncertain", { at: AFTER_MAIL, code: "5yz", words: [UNCERTAIN], class: ["OTHER", "never"] }],
  ["mailbox disabled", {
    at: AFTER_MAIL,
    code: "5yz",
    words: [DISABLED],
    class: ["INVALID_RECIPIENT", "never"],
  }],
  ["no such user", { at: AFTER_MAIL, code: "5yz", words: [NO_MAILBOX], class: NO_SUCH_ADDRESS }],
  ["no such domain", { at: RECIPIENT, code: "5yz", words: [NO_DOMAIN], class: NO_SUCH_ADDRESS }],
  ["5.1.1, 5.1.2, 5.1.10 for another cause", {
    at: AFTER_MAIL,
    code: "5yz",
    status: /^5\.1\.(1|2|10)$/,
    words: [OTHER_CAUSE],
    class: ["OTHER", "never"],
  }],
  ["5.1.1, 5.1.2, 5.1.10 no such address", {
    at: AFTER_MAIL,
    code: "5yz",
    status: /^5\.1\.(1|2|10)$/,
    class: NO_SUCH_ADDRESS,
  }],
  ["5.1.3, 5.1.4, 5.1.6, 5.2.1 mailbox", {
    at: AFTER_MAIL,
    code: "5yz",
    status: /^5\.(1\.[346]|2\.1)$/,
    class: ["INVALID_RECIPIENT", "never"],
  }],
  ["5.7.0, 5.7.1 policy", { at: AFTER_MAIL, code: "5yz", status: /^5\.7\./, class: REFUSED }],

  // Reply codes alone (RFC 5321 §4.2.3).
  ["454 throttled", { at: TRANSACTION, code: [454], class: ["RATE_LIMIT", "retry"] }],
  ["450 mailbox busy", { at: RECIPIENT, code: [450], class: ["INVALID_RECIPIENT", "retry"] }],
  ["4.1.x, 4.2.x mailbox busy", {
    at: RECIPIENT,
    code: "4yz",
    status: /^4\.[12]\./,
    class: ["INVALID_RECIPIENT", "retry"],
  }],
  ["451, 452 server", { at: TRANSACTION, code: [451, 452], class: ["NETWORK", "retry"] }],
  ["4yz to MAIL", { at: ["MAIL"], code: "4yz", class: ["PERMISSION", "retry"] }],
  ["5yz to MAIL", { at: ["MAIL"], code: "5yz", class: ["PERMISSION", "pause"] }],
  ["522, 552 mailbox full", { at: RECIPIENT, code: [522, 552], class: FULL_MAILBOX }],
  // Servers use these codes for the sender and for policies, too, so that they do not suppress.
  ["550, 551, 553 mailbox", {
    at: RECIPIENT,
    code: [550, 551, 553],
    status: /^$|^5\.[0125]\.0$/,
    class: ["INVALID_RECIPIENT", "never"],
  }],
  ["any other 4yz", { at: AFTER_MAIL, code: "4yz", class: ["OTHER", "retry"] }],
  ["any other 5yz", { at: AFTER_MAIL, code: "5yz", class: ["OTHER", "never"] }],
];
