import { group, type ReplyGroup } from "./group.ts";

/** Replies that refuse the sender or the mail. */
export const REFUSAL_GROUPS: readonly ReplyGroup[] = [
  group("530, 534, 535 after MAIL", "PERMISSION", "never", {
    "RCPT TO": ["530 5.7.1 Client was not authenticated", "535 Refused"],
    DATA: ["530 5.7.0 Must log in"],
  }),
  group(
    "5.1.7, 5.1.8, 5.7.8, 5.7.9, 5.7.20 to 5.7.27, 5.7.29 sender",
    "PERMISSION",
    "never",
    {
      "RCPT TO": [
        "550 5.1.7 Bad address",
        "553 5.1.8 Domain does not exist",
        "550 5.7.8 refused",
        "550 5.7.25 The address has no name",
        "550 5.7.27 No such domain",
      ],
      DATA: [
        "550 5.7.26 Unauthenticated sender",
        "554 5.7.9 not accepted for policy reasons",
        "550-5.7.26 Not accepted\n550 5.7.26 for the domain of the author",
        "550 5.7.23 Check failed",
        "550 5.7.29 Seal is invalid",
      ],
    },
  ),
  group("mail too large", "OTHER", "never", {
    "MAIL FROM": ["552 Message size exceeds maximum value"],
    "RCPT TO": ["552 message size exceeds the limit", "550 5.1.1 Message too large"],
    DATA: ["552 Message too big", "500 Line limit exceeded"],
  }),
  group("sender", "PERMISSION", "never", {
    "RCPT TO": [
      // Address and authentication
      "550 5.1.0 domain of MAIL FROM is listed at a DNS list",
      "550 5.1.0 <me@example.org>: Sender address rejected: User unknown in local table",
      "550 5.1.1 Return-path does not exist",
      "550 Sender verify failed",
      "550 Rejected by SPF",
      "550 5.2.0 refused due to DMARC",
      "550 DKIM signature missing",
      "550 Fails DMARC",
      "550 MAIL FROM domain not found",
      "550 authentication required",
      "550 5.1.1 login required",
      "550 5.7.515 The sending domain does not meet the required level",
      // Host
      "554 Client host not found",
      "554 No PTR record: address not found",
      "550 The domain of your server does not exist",
      "550 5.1.1 No reverse DNS for 192.0.2.7",
      "550 5.1.1 HELO name is unknown",
      "550 5.1.2 No MX record for the domain",
      "550 5.1.2 The domain has no MX or A record",
      "550 5.7.1 your IP address is blacklisted",
      "550 5.7.1 cannot find your hostname",
      // Block lists
      "550 Your host is listed on a blocklist",
      "550 Blocked by zen.spamhaus.org",
      "553 5.1.3 http://www.spamhaus.org/query/bl?ip=192.0.2.7",
      "550 5.1.1 192.0.2.7 is listed at bl.spamcop.net",
      "550 Found in DNSBL",
      "553 On an RBL",
      "550 5.7.1 Poor reputation",
      "550 5.7.606 Access denied, banned sending IP [192.0.2.7]",
      // Relaying
      "554 5.7.1 Relay access denied",
      "550 5.1.1 Relaying denied",
      "550 5.1.2 unable to relay",
      "553 sorry, that domain isn't in my list of allowed rcpthosts",
    ],
    DATA: ["550 5.7.1 The message does not pass authentication checks"],
  }),
  group("policy", "PERMISSION", "never", {
    "RCPT TO": [
      "550 5.4.1 Access denied",
      "550 5.4.1 <ann@example.com>: Recipient address rejected: Access denied",
      "550 Administrative prohibition",
      "550 service unavailable",
      "550 Message rejected as spam",
      "550 5.1.1 Refused due to the recipient's preferences",
      "550 5.1.1 blocked",
      "550 Mailbox name not allowed",
      "554 Refused by local policy",
      "550 5.1.1 spoofing attempt",
      "550 5.1.1 Virus found",
      "550 5.1.1 malware found",
      "550 5.2.0 Message filtered",
      "553 sorry, your envelope recipient is in my badrcptto list (#5.7.1)",
      "550 5.1.1 Content rejected.Please see the help",
    ],
    DATA: [
      "554 Refused by local policy",
      "550 virus found, content refused",
      "552 5.7.0 The message has an illegal attachment",
      "550 5.7.1 Message content rejected",
      "550 5.7.1 Blocked for spam",
    ],
  }),
  group("5.7.2 and above policy", "PERMISSION", "never", {
    "RCPT TO": ["525 5.7.13 User unknown", "550 5.7.17 The mailbox has another owner"],
  }),
  group("protocol or loop", "OTHER", "never", {
    "RCPT TO": [
      "504 parameter is not implemented",
      "550 5.1.3 Bad destination mailbox syntax",
      "550 5.1.1 Syntax error in the address",
      "550 5.1.1 Protocol error",
      "550 5.1.1 mail for ann@example.com loops back to myself",
    ],
    DATA: ["554 hop count exceeded, looks like a loop", "503 Bad sequence of commands"],
  }),
  group("uncertain", "OTHER", "never", {
    "RCPT TO": [
      "550 5.1.1 User unknown for now, try again later",
      "550 5.1.1 Mailbox temporarily unavailable",
      "550 5.1.1 Directory lookup failed",
      "550 The account or domain may not exist",
      "550 Could not verify that the user does not exist",
      "550 5.1.1 Internal error",
      "550 5.1.1 Timed out",
      "550 5.1.2 Host not found, try again",
    ],
  }),
];
