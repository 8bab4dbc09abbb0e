import type { DeliveryErrorType, Disposition, FailureClass, FailureTraits } from "../channel.ts";

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
  /** Text without addresses, because the words of an address do not name a cause. */
  readonly words: string;
  /** True for 5yz, false for 4yz. */
  readonly permanent: boolean;
}

/** One row of the table: every condition that is present must hold. */
interface ReplyRule {
  readonly at?: readonly Stage[];
  /** Reply codes, or all temporary (4yz) or permanent (5yz) ones. */
  readonly code?: readonly number[] | "4yz" | "5yz";
  readonly status?: RegExp;
  readonly words?: RegExp;
  /** Words that exclude the row. */
  readonly unless?: RegExp;
  readonly class: FailureClass;
}

const CONVERSATION: readonly Stage[] = ["OPEN", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA"];
// RFC 3207 and RFC 4954 use 4.7.0 for failures of TLS and of the login.
const NOT_SECURING: readonly Stage[] = ["OPEN", "MAIL", "RCPT", "DATA", "REPORT"];
const TRANSACTION: readonly Stage[] = ["MAIL", "RCPT", "DATA", "REPORT"];
const AFTER_MAIL: readonly Stage[] = ["RCPT", "DATA", "REPORT"];
const RECIPIENT: readonly Stage[] = ["RCPT", "REPORT"];

// Distances are bounded, because a reply can be a megabyte long.
const RATE = anyOf(
  /too many (?!hops|received)|too (quickly|fast|frequent)/,
  /\brate\b|throttl|gr[ea]ylist|(sending|message|connection)s? limit/,
);
const QUOTA = /\bquota\b/i;
const MAILBOX = /mailbox|inbox|over ?quota|storage|\b(user|recipient|disk)('s)? quota/i;
const NOT_FULL = /^(?![45]\.2\.2$)/;
const FULL = anyOf(
  /quotas?\b|exceeded storage/,
  /\b(mailbox|inbox|account|user|recipient)\b.{0,80}\bfull\b/,
);
const POLICY = anyOf(
  // Block lists and reputation
  /spam|block(ed|list)|blacklist|reputation|\b(dnsbl|rbl)\b/,
  // Local policy
  /denied|polic(y|ies)|prohibit|relay|rcpthosts|service unavailable/,
  // Identity of the sender
  /\bsender\b|mail from|return[- ]path|authenticat|\b(spf|dkim|dmarc)\b/,
  // Sending host
  /client host|\b(he|eh)lo\b|\byour (host|ip|server|address|domain)\b|reverse dns|\bptr\b/,
);
const NO_ADDRESS = anyOf(
  /\b(no such|unknown) (local )?(user|recipient|mailbox|account|address|domain)/,
  /\b(user|recipient|mailbox|account|address)\b.{0,40}\b(unknown|not found|does(n't| not) exist)/,
  /\bdomain( name)?\b.{0,40}\b(unknown|not found|does(n't| not) exist)/,
);

function anyOf(...patterns: readonly RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => source).join("|"), "is");
}

const FULL_MAILBOX: FailureClass = ["RATE_LIMIT", "never", { code: "MAILBOX_FULL" }];
const FULL_FOR_NOW: FailureClass = [
  "RATE_LIMIT",
  "retry",
  { code: "MAILBOX_FULL", maxAttempts: 3 },
];

/**
 * Meaning of a mail server's negative reply, in the conversation and in a later bounce report. The first
 * row that matches decides: enhanced status codes before words, and words before reply codes alone. A
 * missing user or domain suppresses the address. A fault of the sender or of the mail, a full mailbox or
 * an unclear reply does not.
 */
export const REPLY_RULES: readonly (readonly [name: string, rule: ReplyRule])[] = [
  // Before the words for a rate limit, because waiting does not fix a refused login.
  ["login refused", { at: CONVERSATION, code: [530, 534, 535], class: ["ACCESS_TOKEN", "pause"] }],
  ["sending rate exceeded", { status: NOT_FULL, words: RATE, class: ["RATE_LIMIT", "retry"] }],
  ["sending quota exceeded", {
    status: NOT_FULL,
    words: QUOTA,
    unless: MAILBOX,
    class: ["RATE_LIMIT", "retry"],
  }],

  // Enhanced status codes (RFC 3463 and the IANA registry).
  ["4.3.x, 4.4.x server or network", { status: /^4\.[34]\./, class: ["NETWORK", "retry"] }],
  ["4.7.x throttled", { at: NOT_SECURING, status: /^4\.7\./, class: ["RATE_LIMIT", "retry"] }],
  ["4.5.3 too many recipients", { status: /^4\.5\.3$/, class: ["RATE_LIMIT", "retry"] }],
  ["4.2.2 mailbox full", {
    status: /^4\.2\.2$/,
    class: FULL_FOR_NOW,
  }],
  ["5.7.8, 5.7.9 login", {
    at: CONVERSATION,
    status: /^5\.7\.[89]$/,
    class: ["ACCESS_TOKEN", "pause"],
  }],
  ["5.1.7, 5.1.8, 5.7.26 sender", {
    status: /^5\.(1\.[78]|7\.26)$/,
    class: ["PERMISSION", "pause"],
  }],
  ["5.2.3, 5.3.4, 5.6.x mail", { status: /^5\.(2\.3|3\.4|6\.\d+)$/, class: ["OTHER", "never"] }],
  ["5.1.x no such address", {
    at: AFTER_MAIL,
    status: /^5\.1\.([1236]|10)$/,
    class: ["INVALID_RECIPIENT", "suppress"],
  }],
  ["5.2.1 mailbox disabled", {
    at: AFTER_MAIL,
    status: /^5\.2\.1$/,
    class: ["INVALID_RECIPIENT", "never"],
  }],
  ["5.2.2 mailbox full", { at: AFTER_MAIL, status: /^5\.2\.2$/, class: FULL_MAILBOX }],
  ["5.7.x policy", { at: AFTER_MAIL, status: /^5\.7\./, class: ["PERMISSION", "never"] }],

  // A failure before MAIL concerns the provider, not the mail.
  ["421 closing", { code: [421], class: ["NETWORK", "retry"] }],
  ["login failed for now", { at: ["AUTH"], code: "4yz", class: ["ACCESS_TOKEN", "retry"] }],
  ["login failed", { at: ["AUTH"], code: "5yz", class: ["ACCESS_TOKEN", "pause"] }],

  // Words.
  ["mailbox full for now", {
    at: AFTER_MAIL,
    code: "4yz",
    words: FULL,
    class: FULL_FOR_NOW,
  }],
  ["mailbox full", {
    at: AFTER_MAIL,
    code: "5yz",
    words: FULL,
    class: FULL_MAILBOX,
  }],
  ["policy", { at: AFTER_MAIL, code: "5yz", words: POLICY, class: ["PERMISSION", "never"] }],
  ["no such address", {
    at: AFTER_MAIL,
    code: "5yz",
    words: NO_ADDRESS,
    class: ["INVALID_RECIPIENT", "suppress"],
  }],

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
  ["552 mailbox full", { at: RECIPIENT, code: [552], class: FULL_MAILBOX }],
  // Defined as "mailbox unavailable", "user not local" and "mailbox name not allowed".
  ["550, 551, 553 no mailbox", {
    at: RECIPIENT,
    code: [550, 551, 553],
    status: /^$|^5\.0\.0$/,
    class: ["INVALID_RECIPIENT", "suppress"],
  }],
  ["any other 4yz", { at: AFTER_MAIL, code: "4yz", class: ["OTHER", "retry"] }],
  ["any other 5yz", { at: AFTER_MAIL, code: "5yz", class: ["OTHER", "never"] }],
];

/**
 * Classifies a reply by the first row that matches.
 *
 * @returns null for a reply before MAIL that names no cause, except that the connection was not opened
 */
export function classifyReply(reply: Reply): FailureClass | null {
  const [, rule] = REPLY_RULES.find(([, rule]) => matches(rule, reply)) ?? [];
  return rule?.class ?? null;
}

function matches({ at, code, status, words, unless }: ReplyRule, reply: Reply): boolean {
  return (!at || at.includes(reply.stage)) &&
    (!code || matchesCode(code, reply)) &&
    (!status || status.test(reply.status)) &&
    (!words || words.test(reply.words)) &&
    !unless?.test(reply.words);
}

function matchesCode(code: NonNullable<ReplyRule["code"]>, reply: Reply): boolean {
  if (typeof code === "string") return reply.permanent === (code === "5yz");
  return reply.code !== null && code.includes(reply.code);
}

/**
 * Parses a reply of the conversation: "550 5.1.1 No such user", of one line or several.
 *
 * @returns null if the text does not begin with a reply code
 */
export function parseReply(text: string, stage: Stage): Reply | null {
  const code = findReplyCode(text);
  if (code === null) return null;
  const words = withoutAddresses(text);
  const permanent = code >= 500;
  return { stage, code, status: findOwnStatus(words, permanent), words, permanent };
}

// The status after the reply code is the server's own. A later one counts only if its class is that of the code,
// because a temporary reply may quote the permanent failure of another server.
function findOwnStatus(words: string, permanent: boolean): string {
  const [first = "", ...others] = findStatuses(words);
  const isOwn = /^\s*\d{3}[ -]$/.test(words.slice(0, words.indexOf(first)));
  const candidates = (isOwn ? others : [first, ...others])
    .filter((status) => status.startsWith(permanent ? "5" : "4"));
  return mostSpecific(isOwn ? [first, ...candidates] : candidates) ?? "";
}

/** Contents of a bounce report. */
export interface BounceReport {
  /** Field of the report for the enhanced status code; "" if it is missing. */
  readonly status: string;
  /** Field of the report for the reply code; absent or 0: the text begins with the code. */
  readonly code?: number;
  /** Reply of the recipient's server; "" if the report quotes none. */
  readonly text: string;
  /** Part of the report for people; read only if the report quotes no reply. */
  readonly fallbackText?: string;
  /** False if the report names a temporary failure; absent: the status decides. */
  readonly permanent?: boolean;
  /** Class of the provider's own code; used only if there is no enhanced status code. */
  readonly providerClass?: FailureClass;
}

/** Class of a bounce. */
export interface BounceClass {
  readonly type: DeliveryErrorType;
  readonly disposition: Extract<Disposition, "retry" | "never" | "suppress">;
  /** Enhanced status code; null if there is none. */
  readonly status: string | null;
  /** Code that replaces the status; absent: the status is shown. */
  readonly code?: FailureTraits["code"];
}

/**
 * Classifies a bounce by the rules for replies. The report decides whether another attempt is possible,
 * because the provider has already ended its own attempts.
 */
export function classifyBounce(report: BounceReport): BounceClass {
  const text = report.text || report.fallbackText || "";
  const words = withoutAddresses(text);
  const status = findStatus(report.status, words);
  const code = report.code || findReplyCode(text);
  const permanentBounce = report.permanent ??
    !(findStatus(report.status) ?? status)?.startsWith("4");
  const permanent = code === null ? !(status?.startsWith("4") ?? !permanentBounce) : code >= 500;
  const reply: Reply = { stage: "REPORT", code, status: status ?? "", words, permanent };
  const providerClass = status === null ? report.providerClass : undefined;
  const [type, disposition, traits] = providerClass ?? classifyReply(reply) ?? UNCLASSIFIED;
  const lasting = disposition === "suppress" ? "suppress" : "never";
  return {
    type,
    disposition: permanentBounce ? lasting : "retry",
    status,
    ...traits?.code && { code: traits.code },
  };
}

const UNCLASSIFIED: FailureClass = ["OTHER", "never"];
const ADDRESS = /<[^<>]*>|[^\s<>@]{1,64}@[^\s<>]{1,255}/g;

function withoutAddresses(text: string): string {
  return text.replaceAll(ADDRESS, " ");
}

function findReplyCode(text: string): number | null {
  const [, code] = /^\s*([2-5]\d{2})(?!\d)/.exec(text) ?? [];
  return code === undefined ? null : Number(code);
}

function findStatus(...texts: readonly string[]): string | null {
  return mostSpecific(texts.flatMap(findStatuses));
}

/** Finds the enhanced status codes in a text, in their order. */
function findStatuses(text: string): string[] {
  return [...text.matchAll(/(?<![\d.])([245]\.[0-7]\.\d{1,3})(?!\.?\d)/g)].map(([status]) =>
    status
  );
}

/** Returns the first status; x.0.0 only if there is no other, because it names no cause. */
function mostSpecific(statuses: readonly string[]): string | null {
  return statuses.find((status) => !status.endsWith(".0.0")) ?? statuses[0] ?? null;
}
