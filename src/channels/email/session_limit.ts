import type { SmtpFailure } from "./smtp_failure.ts";

const EXCEEDED =
  /\b(?:too (?:many|much)|max(?:imum)?|limit(?:ed|s)?|exceed(?:s|ed|ing)?|reached)\b/i;
const SESSION = "(?:session|connection)\\b";
const MAILS = "\\b(?:messages?|e?-?mails?|recipients?|rcpts?|transactions?|envelopes?)\\b";
const WHICH = "(?:(?:this|the|a|one|each|your|current|single|same|smtp) )*";
// The singular, because "too many connections" is another limit, which a new connection would exceed, too.
const PER_SESSION = new RegExp(
  `\\b(?:per|in|on|over|for|within|during) ${WHICH}${SESSION}|` +
    `${MAILS}.{0,30}\\b${SESSION}|\\b${SESSION}.{0,30}${MAILS}`,
  "i",
);
// Each mail has one recipient, so that it cannot exceed a limit of recipients alone (RFC 5321 §4.5.3.1.10).
const TOO_MANY_RECIPIENTS = /^4\d\d[ -](?:4\.5\.3\b|too many recipients\b)/i;

/** True if the server has accepted as many mails over this connection as it allows. */
export function isSessionLimit({ reply, opened }: Pick<SmtpFailure, "reply" | "opened">): boolean {
  if (reply === null || !opened) return false;
  return TOO_MANY_RECIPIENTS.test(reply) || (EXCEEDED.test(reply) && PER_SESSION.test(reply));
}
