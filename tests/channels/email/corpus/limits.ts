import { group, type ReplyGroup } from "./group.ts";

/** Replies about logins, limits, full mailboxes and connections. */
export const LIMIT_GROUPS: readonly ReplyGroup[] = [
  group("530, 534, 535 login refused", "ACCESS_TOKEN", "pause", {
    "AUTH PLAIN": [
      "534 5.7.9 Application-specific password required",
      "535 Authentication failed",
      "535 5.7.8 Failing at a high rate: too many logins",
    ],
    "MAIL FROM": ["530 5.7.0 Authentication required", "530 5.7.1 Client was not authenticated"],
  }),
  group("5.7.8, 5.7.9 login refused", "ACCESS_TOKEN", "pause", {
    "AUTH PLAIN": ["550 5.7.8 Bad credentials"],
    "MAIL FROM": ["554 5.7.9 Mechanism is too weak"],
  }),
  group("login required", "ACCESS_TOKEN", "pause", {
    "MAIL FROM": ["550 5.7.0 Authentication is required", "503 Please log in first"],
  }),
  group("4.2.2 mailbox full", "RATE_LIMIT", "retry", {
    "RCPT TO": [
      "452 4.2.2 The account is over quota",
      "452 4.2.2 mailbox full",
      "450-4.2.2 The user is receiving mail\n450 4.2.2 beyond the quota",
    ],
  }),
  group("5.2.2 mailbox full", "RATE_LIMIT", "never", {
    "RCPT TO": ["550 5.2.2 <ann@example.com>: Recipient address rejected"],
    DATA: ["552 5.2.2 The account is over quota", "550 Cannot store the mail (#5.2.2)"],
  }),
  group("sending rate exceeded", "RATE_LIMIT", "retry", {
    CONN: ["421 Too many connections from your host"],
    "AUTH PLAIN": ["421 too many connections", "454 4.7.0 Too many login attempts"],
    "MAIL FROM": [
      "550 5.4.5 Daily user sending limit exceeded",
      "450 4.7.1 Too many mails in this session",
    ],
    "RCPT TO": [
      "450 4.2.1 The user is receiving mail too quickly",
      "450-4.2.1 Receiving mail at a rate that\n450 4.2.1 is too high",
      "452 4.5.3 Your message has too many recipients",
      "452 4.5.3 too many recipients in this session",
      "450 4.2.0 Greylisted, come back in 300 seconds",
      "450 4.7.1 Greylisted, come back in 500 seconds",
      "451 4.7.650 The server was rate limited due to IP reputation",
      "550 5.1.1 192.0.2.7 has sent to too many recipients this hour",
      "550 Too many invalid recipients",
    ],
    DATA: [
      "454 Throttling failure: Maximum sending rate exceeded.",
      "550 5.7.0 Requested action not taken: too many emails",
    ],
  }),
  group("sending quota exceeded", "RATE_LIMIT", "retry", {
    "MAIL FROM": ["550 5.7.1 Your hourly quota is used up"],
    DATA: ["554 Message rejected: daily quota exceeded", "454 Daily message quota exceeded"],
  }),
  group("5.2.3, 5.3.4, 5.4.6, 5.6.x mail", "OTHER", "never", {
    "MAIL FROM": ["552 5.3.4 Message size exceeds fixed limit"],
    "RCPT TO": [
      "553 5.6.7 Must declare SMTPUTF8",
      "550 5.2.3 Message too large for this recipient's mailbox",
    ],
    DATA: [
      "552 5.2.3 Message length exceeds limit",
      "554 5.4.6 Too many hops",
      "552 5.6.0 Headers too large",
    ],
  }),
  group("mailbox full for now", "RATE_LIMIT", "retry", {
    "RCPT TO": [
      "450 The user is overquota",
      "452 Mailbox full",
      "451 4.3.0 Mailbox is full, try later",
    ],
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
      "522 5.2.0 failed: over quota",
      "552 5.1.1 mailbox full, recipient over quota",
      "550 5.1.1 Not enough disk space",
      "550 5.1.1 <ann@example.com> has insufficient storage",
      "552 Requested mail action aborted: exceeded storage allocation",
      "550 5.7.1 Mailbox exceeds its size",
      "550 5.2.0 StoreQuotaExceeded",
      "552 sorry, the mailbox of ann@example.com is over quota temporarily (#5.1.1)",
      "550 5.1.1 The number of messages in the recipient's mailbox exceeded the limit",
    ],
    DATA: ["550 5.1.1 Disk quota exceeded"],
  }),
  group("4.3.x, 4.4.x server or network", "NETWORK", "retry", {
    "MAIL FROM": ["421 4.3.2 System not accepting mail"],
    "RCPT TO": [
      "451 4.3.0 Temporary lookup failure",
      "451 4.3.0 lookup failed for now",
      "450 4.4.1 Destination unreachable",
      "450 4.4.7 Expired",
      "451 4.4.3 server error for now",
      "421 4.3.0 later, please",
      "452 4.3.1 no space left",
    ],
    DATA: ["452 4.3.1 Insufficient system storage"],
  }),
  group("4.7.x throttled", "RATE_LIMIT", "retry", {
    CONN: ["421 4.7.0 Try again later"],
    "RCPT TO": ["450 4.7.25 No reverse DNS"],
    DATA: ["451 4.7.1 Please try again later", "550 4.7.1 Try again"],
  }),
  group("4.5.3 too many recipients", "RATE_LIMIT", "retry", {
    "RCPT TO": ["452 4.5.3 No more in this session"],
  }),
  group("4.1.7, 4.1.8 sender", "PERMISSION", "retry", {
    "RCPT TO": ["450 4.1.8 <me@example.org>: Sender address rejected: Domain not found"],
  }),
  group("421 closing", "NETWORK", "retry", { CONN: ["421 Service not available"] }),
  group("TLS failed for now", "NETWORK", "retry", {
    STARTTLS: ["454 4.7.0 TLS not available", "454 TLS not available due to temporary reason"],
  }),
  group("login failed for now", "ACCESS_TOKEN", "retry", {
    "AUTH PLAIN": ["454 4.7.0 Temporary authentication failure"],
  }),
  group("login failed", "ACCESS_TOKEN", "pause", {
    "AUTH PLAIN": ["504 Unrecognized authentication type"],
  }),
];
