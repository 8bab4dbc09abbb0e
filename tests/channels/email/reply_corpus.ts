import type { DeliveryErrorType, Disposition } from "../../../src/channels/channel.ts";

/** Replies that one row of the table decides, by the command that they answer. */
export interface ReplyGroup {
  readonly rule: string;
  readonly type: DeliveryErrorType;
  readonly disposition: Disposition;
  readonly replies: Readonly<Record<string, readonly string[]>>;
}

function group(
  rule: string,
  type: DeliveryErrorType,
  disposition: Disposition,
  replies: ReplyGroup["replies"],
): ReplyGroup {
  return { rule, type, disposition, replies };
}

/** Replies for every row of the table, in its order. */
export const REPLY_GROUPS: readonly ReplyGroup[] = [
  group("login refused", "ACCESS_TOKEN", "pause", {
    "AUTH PLAIN": [
      "534 5.7.9 Application-specific password required",
      "535 Authentication failed",
      "535 5.7.8 Failing at a high rate: too many logins",
    ],
    "MAIL FROM": ["530 5.7.0 Authentication required", "530 5.7.1 Client was not authenticated"],
    "RCPT TO": ["530 5.7.1 Client was not authenticated"],
  }),
  group("sending rate exceeded", "RATE_LIMIT", "retry", {
    CONN: ["421 Too many connections from your host"],
    "AUTH PLAIN": ["421 too many connections", "454 4.7.0 Too many login attempts"],
    "MAIL FROM": ["550 5.4.5 Daily user sending limit exceeded"],
    "RCPT TO": [
      "450 4.2.1 The user is receiving mail too quickly",
      "450-4.2.1 Receiving mail at a rate that\n450 4.2.1 is too high",
      "452 4.5.3 Your message has too many recipients",
      "450 4.2.0 Greylisted, come back in 300 seconds",
    ],
    DATA: [
      "454 Throttling failure: Maximum sending rate exceeded.",
      "550 5.7.0 Requested action not taken: too many emails",
    ],
  }),
  group("sending quota exceeded", "RATE_LIMIT", "retry", {
    DATA: ["554 Message rejected: daily quota exceeded"],
  }),
  group("4.3.x, 4.4.x server or network", "NETWORK", "retry", {
    "MAIL FROM": ["421 4.3.2 System not accepting mail"],
    "RCPT TO": [
      "451 4.3.0 Temporary lookup failure",
      "450 4.4.1 Destination unreachable",
      "450 4.4.7 Expired",
    ],
    DATA: ["452 4.3.1 Insufficient system storage"],
  }),
  group("4.7.x throttled", "RATE_LIMIT", "retry", {
    CONN: ["421 4.7.0 Try again later"],
    DATA: ["451 4.7.1 Please try again later"],
  }),
  group("4.5.3 too many recipients", "RATE_LIMIT", "retry", {
    "RCPT TO": ["452 4.5.3 No more in this session"],
  }),
  group("4.2.2 mailbox full", "RATE_LIMIT", "retry", {
    "RCPT TO": ["452 4.2.2 The account is over quota", "452 4.2.2 Mailbox full"],
  }),
  group("5.7.8, 5.7.9 login", "ACCESS_TOKEN", "pause", {
    "AUTH PLAIN": ["550 5.7.8 Bad credentials"],
  }),
  group("5.1.7, 5.1.8, 5.7.26 sender", "PERMISSION", "pause", {
    "RCPT TO": ["550 5.1.7 Bad sender address", "553 5.1.8 Sender domain does not exist"],
    DATA: ["550 5.7.26 Unauthenticated sender"],
  }),
  group("5.2.3, 5.3.4, 5.6.x mail", "OTHER", "never", {
    "MAIL FROM": ["552 5.3.4 Message size exceeds fixed limit"],
    "RCPT TO": ["553 5.6.7 Must declare SMTPUTF8"],
    DATA: ["552 5.2.3 Message length exceeds limit"],
  }),
  group("5.1.x no such address", "INVALID_RECIPIENT", "suppress", {
    "RCPT TO": [
      "550 5.1.1 No such user",
      "550 5.1.2 Bad destination system",
      "553 5.1.3 Bad destination mailbox syntax",
      "551 5.1.6 Mailbox has moved",
      "550 5.1.10 Recipient not found",
      "550-5.1.1 The email account that you tried\n550 5.1.1 to reach does not exist",
      "550 Mailbox unavailable (#5.1.1)",
      "550 Mailbox unavailable: 5.1.1.",
      // Words of an address do not name a cause.
      "550 5.1.1 <j@rate.example>: User unknown",
      "550 5.1.1 j@rate.example... User unknown",
      "550 5.1.1 <a@quotation.example> unknown",
      "550 5.1.1 No quotation department",
    ],
    DATA: ["550 5.1.1 No such user"],
  }),
  group("5.2.1 mailbox disabled", "INVALID_RECIPIENT", "never", {
    "RCPT TO": ["550 5.2.1 Mailbox disabled"],
  }),
  group("5.2.2 mailbox full", "RATE_LIMIT", "never", {
    DATA: ["552 5.2.2 The account is over quota"],
  }),
  group("5.7.x policy", "PERMISSION", "never", {
    "RCPT TO": [
      "554 5.7.1 Relay access denied",
      "554 5.7.1 Not wanted",
      "550 5.7.25 The sending address has no reverse DNS",
      "550 Not from this network (#5.7.1)",
    ],
    DATA: ["550 5.7.1 Message content rejected", "550 5.7.1 Blocked for spam"],
  }),
  group("421 closing", "NETWORK", "retry", { CONN: ["421 Service not available"] }),
  group("login failed for now", "ACCESS_TOKEN", "retry", {
    "AUTH PLAIN": ["454 4.7.0 Temporary authentication failure"],
  }),
  group("login failed", "ACCESS_TOKEN", "pause", {
    "AUTH PLAIN": ["504 Unrecognized authentication type"],
  }),
  group("mailbox full for now", "RATE_LIMIT", "retry", {
    "RCPT TO": ["450 The user is overquota", "452 Mailbox full"],
  }),
  group("mailbox full", "RATE_LIMIT", "never", {
    "RCPT TO": [
      "550 Mailbox quota exceeded",
      "550 Mailbox diskquota exceeded",
      "550 User quota exceeded",
      "550 User over quota",
      "550 The account of ann@example.com is full",
      "552 Mailbox full",
      "552 5.0.0 Recipient's mailbox is full",
      "522 5.2.0 Delivery failed: over quota",
    ],
  }),
  group("policy", "PERMISSION", "never", {
    "RCPT TO": [
      "550 5.4.1 Access denied",
      "550 5.4.1 Recipient address rejected: Access denied",
      "550 Blocked by zen.spamhaus.org",
      "550 Your host is listed on a blocklist",
      "550 authentication required",
      "550 Sender verify failed",
      "550 Rejected by SPF",
      "550 DKIM signature missing",
      "550 Fails DMARC",
      "550 5.2.0 Refused due to DMARC",
      "550 Found in DNSBL",
      "553 On an RBL",
      "550 Administrative prohibition",
      "550 service unavailable",
      "550 Message rejected as spam",
      "550 MAIL FROM domain not found",
      "554 Client host not found",
      "554 No PTR record: address not found",
      "550 The domain of your server does not exist",
      "553 sorry, that domain isn't in my list of allowed rcpthosts",
      "554 Refused by local policy",
    ],
    DATA: ["554 Refused by local policy"],
  }),
  group("no such address", "INVALID_RECIPIENT", "suppress", {
    "RCPT TO": [
      "550 No such user here",
      "550 User unknown",
      "550 5.0.0 User unknown",
      "550 5.1.0 User unknown",
      "550 5.2.0 No such mailbox",
      "550 5.4.4 Host or domain name not found. Name service error for type=A",
      "550 <throttle@x.org> User unknown",
      "550 <spam@x.org> User unknown",
      "550 <full-mailbox@x.org> User unknown",
      "550 No such user <sender@spam.example>",
      "550 No such user (x@y.example:5.7.1)",
    ],
    DATA: ["550 User unknown"],
  }),
  group("454 throttled", "RATE_LIMIT", "retry", { DATA: ["454 Temporary service failure"] }),
  group("450 mailbox busy", "INVALID_RECIPIENT", "retry", { "RCPT TO": ["450 Mailbox busy"] }),
  group("4.1.x, 4.2.x mailbox busy", "INVALID_RECIPIENT", "retry", {
    "RCPT TO": ["451 4.2.0 Mailbox busy"],
  }),
  group("451, 452 server", "NETWORK", "retry", {
    "RCPT TO": ["452 Insufficient system storage"],
    DATA: ["451 Local error in processing"],
  }),
  group("4yz to MAIL", "PERMISSION", "retry", { "MAIL FROM": ["450 Sender not known yet"] }),
  group("5yz to MAIL", "PERMISSION", "pause", {
    "MAIL FROM": ["550 Sender not allowed", "550 5.7.1 Sender not allowed"],
  }),
  group("552 mailbox full", "RATE_LIMIT", "never", {
    "RCPT TO": ["552 Something about this one", "552 Requested action aborted"],
  }),
  group("550, 551, 553 no mailbox", "INVALID_RECIPIENT", "suppress", {
    "RCPT TO": ["551 User not local", "553 Mailbox name not allowed"],
  }),
  group("any other 4yz", "OTHER", "retry", {
    "RCPT TO": ["426 connection timed out"],
    DATA: ["450 Not now"],
  }),
  group("any other 5yz", "OTHER", "never", {
    "RCPT TO": [
      "550 5.1.0 Address rejected",
      "550 5.4.1 No answer from host",
      "504 Command parameter is not implemented",
      "554 Transaction failed",
      "554 Unknown host 192.0.2.1",
    ],
    DATA: ["554 Transaction failed", "554 5.4.6 Too many hops", "550 Requested action not taken"],
  }),
];

/** Texts that a bounce report may quote. A refused login is the provider's, so no report quotes one. */
export const QUOTABLE: readonly string[] = [
  ...new Set(
    REPLY_GROUPS.filter(({ rule }) => !rule.includes("login"))
      .flatMap(({ replies }) => Object.values(replies).flat()),
  ),
];
