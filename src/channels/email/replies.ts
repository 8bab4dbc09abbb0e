import type { DeliveryErrorType, Disposition, FailureClass, FailureTraits } from "../channel.ts";
import { type Reply, REPLY_RULES, type ReplyRule, type Stage } from "./reply_rules.ts";
import { mostSpecific, readReplyText, type ReplyText } from "./reply_text.ts";

/**
 * Classifies a reply by the first row of the table that matches.
 *
 * @returns null for a reply before MAIL that names no cause, except that the connection was not opened
 */
export function classifyReply(reply: Reply): FailureClass | null {
  const [, rule] = REPLY_RULES.find(([, rule]) => matches(rule, reply)) ?? [];
  return rule?.class ?? null;
}

function matches({ at, code, status, words }: ReplyRule, reply: Reply): boolean {
  return (!at || at.includes(reply.stage)) &&
    (!code || matchesCode(code, reply)) &&
    (!status || status.test(reply.status)) &&
    (!words || words.some((pattern) => pattern.test(reply.words)));
}

function matchesCode(code: NonNullable<ReplyRule["code"]>, reply: Reply): boolean {
  if (typeof code === "string") return reply.permanent === (code === "5yz");
  return reply.code !== null && code.includes(reply.code);
}

/**
 * Parses a negative reply of the conversation: "550 5.1.1 No such user", of one line or several.
 *
 * @returns null if the text does not begin with the code of a negative reply
 */
export function parseReply(text: string, stage: Stage): Reply | null {
  const [, digits] = /^\s*([45]\d\d)(?!\d)/.exec(text) ?? [];
  if (digits === undefined) return null;
  const code = Number(digits);
  const read = readReplyText(text);
  const status = mostSpecific(statusesOf(read, code)) ?? "";
  return { stage, code, status, words: read.words, permanent: isPermanent(code, status) };
}

// The status after the reply code is the server's own. A later one counts only if its class is that of the code,
// because a temporary reply may quote the permanent failure of another server.
function statusesOf({ ownStatus, statuses }: ReplyText, code: number | null): string[] {
  if (code === null) return [...statuses];
  const alike = statuses.filter((status) => status.startsWith(code < 500 ? "4" : "5"));
  return code >= 500 && ownStatus?.startsWith("4") ? [ownStatus, ...alike] : alike;
}

// If code and status differ, the failure is temporary: the address must not be suppressed.
function isPermanent(code: number | null, status: string, otherwise = true): boolean {
  if (status.startsWith("4")) return false;
  if (code !== null) return code >= 500;
  return status === "" ? otherwise : true;
}

/** Contents of a bounce report. */
export interface BounceReport {
  /** Field of the report for the enhanced status code; "" if it is missing. */
  readonly status: string;
  /** Field of the report for the reply code; absent or 0: it is read from the text. */
  readonly code?: number;
  /** Reply of the recipient's server; "" if the report quotes none. */
  readonly text: string;
  /** Part of the report for people; read only if the report quotes no reply, or one without words. */
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
  /** Number of attempts after which no further one is useful; absent: the message's setting applies. */
  readonly maxAttempts?: number;
}

/**
 * Classifies a bounce by the rules for replies. The report decides whether another attempt is possible,
 * because the provider has already ended its own attempts.
 */
export function classifyBounce(report: BounceReport): BounceClass {
  const quoted = readReplyText(report.text);
  const text = quoted.words === ""
    ? readReplyText(`${report.text}\n${report.fallbackText ?? ""}`)
    : quoted;
  const code = report.code || text.code;
  const [relayed = ""] = readReplyText(report.status).statuses;
  const own = statusesOf(text, code);
  const status = mostSpecific(isGuess(relayed, text) ? own : [...own, relayed].filter(Boolean));
  const permanentBounce = report.permanent ?? isPermanent(code, relayed || (status ?? ""));
  const reply: Reply = {
    stage: "REPORT",
    code,
    status: status ?? "",
    words: text.words,
    permanent: isPermanent(code, status ?? "", permanentBounce),
  };
  const providerClass = status === null ? report.providerClass : undefined;
  const [type, disposition, traits] = providerClass ?? classifyReply(reply) ?? UNCLASSIFIED;
  const lasting = disposition === "suppress" ? "suppress" : "never";
  return {
    type,
    disposition: permanentBounce ? lasting : "retry",
    status: status ?? (relayed || null),
    ...traits?.code && { code: traits.code },
    ...traits?.maxAttempts && { maxAttempts: traits.maxAttempts },
  };
}

// Sendmail and others report a server's bare 550 as 5.1.1, whatever its words mean.
function isGuess(relayed: string, { code, statuses }: ReplyText): boolean {
  return relayed === "5.1.1" && code !== null && statuses.length === 0;
}

const UNCLASSIFIED: FailureClass = ["OTHER", "never"];
