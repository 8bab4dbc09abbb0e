import { group, type ReplyGroup } from "./group.ts";

/** Replies about the recipient, and reply codes alone. */
export const RECIPIENT_GROUPS: readonly ReplyGroup[] = [
  group("mailbox disabled", "INVALID_RECIPIENT", "never", {
    "RCPT TO": [
      "550 5.2.1 Mailbox disabled",
      "550 5.1.1 The account is suspended",
      "554 This account has been disabled or discontinued",
    ],
  }),
  group("no such user", "INVALID_RECIPIENT", "suppress", {
    "RCPT TO": [
      "550 No such user here",
      "550 User unknown",
      "550 5.0.0 User unknown",
      "550 5.1.0 User unknown",
      "550 5.2.0 No such mailbox",
      "550 5.2.1 <ann@example.com>... User Unknown",
      "550 5.3.0 user unknown",
      "553 5.3.0 <ann@example.com>... No such user here",
      "550 5.5.0 Unknown user (#5.5.0)",
      "550 5.7.1 user unknown",
      "550 5.7.1 No such user!",
      "554 user unknown",
      "554 delivery error: dd This user doesn't have a yahoo.com account (ann@yahoo.com) [0]",
      "550 5.1.1 no such user",
      "550-5.1.1 The email account that you tried\n550 5.1.1 to reach does not exist",
      "550-5.1.1 The email account that you tried 550-5.1.1 to reach does not exist",
      "550 5.1.1 User unknown in relay recipient table",
      "550 5.1.1 No mailbox here by that name",
      "550 5.1.6 recipient no longer on server",
      "550 RESOLVER.ADR.RecipNotFound; not found",
      "550 Invalid recipient",
      "550 Not a valid mailbox",
      "550 5.1.1 unknown or illegal alias: ann@example.com",
      "550 User ann (ann@example.com) not listed in the directory",
      "550 User ann not listed in public Name & Address Book",
      "550 Message was not accepted -- invalid mailbox. Local mailbox ann@example.com is unavailable: user not found",
      "550 Username not found",
      "550 user doesnt exist",
      "550 We don't have a mailbox by that name",
      "550 Cannot find user",
      "550 Unable to find the mailbox ann",
      "550 No account found for ann",
      "550 This user no longer has an account here",
      // Words and codes in an address do not name a cause.
      "550 <throttle@x.org> User unknown",
      "550 <spam@x.org> User unknown",
      "550 <full-mailbox@x.org> User unknown",
      '550 <"mailbox full"@x.org> User unknown',
      "550 No such user <sender@spam.example>",
      "550 No such user (x@y.example:5.7.1)",
      "550 No such user (x@y:blocked)",
      "550 No such user 5.7.1.blocked@y.example",
      "550 5.1.1 <j@rate.example>: User unknown",
      "550 5.1.1 j@rate.example... User unknown",
      "550 5.1.1 mx.spam-filter.example: User unknown",
      // "rate", "quota" and "relay" count as words only.
      "554 User unknown at corporate, separate or accurate headquarters",
      "550 No quotation department: user unknown",
      // A quoted size is not the reason.
      "550 5.1.1 User unknown; original message size: 535 KB",
    ],
    DATA: ["550 User unknown"],
  }),
  group("no such domain", "INVALID_RECIPIENT", "suppress", {
    "RCPT TO": [
      "550 5.4.4 Host or domain name not found. Name service error for type=A",
      "550 No such domain",
      "550 The domain does not exist",
      "550 5.1.2 Host unknown (Name server: host not found)",
    ],
  }),
  group("5.1.1, 5.1.2, 5.1.10 for another cause", "OTHER", "never", {
    "RCPT TO": [
      "550 5.1.1 Recipient over the limit",
      "550 5.1.1 The user has no more space",
      "550 5.1.1 Message rejected",
      "550 5.1.1 Only members may post",
      "550 5.1.1 Invalid signature",
      "550 5.1.1 Message-ID is missing",
    ],
    DATA: ["550 5.1.1 Transaction failed"],
  }),
  group("5.1.1, 5.1.2, 5.1.10 no such address", "INVALID_RECIPIENT", "suppress", {
    "RCPT TO": [
      "550 5.1.1",
      "550 5.1.1 Mailbox unavailable",
      "550 5.1.2 Bad destination system",
      "550 5.1.10 No mail here",
      "556 5.1.10 Recipient address has null MX",
      "550 5.1.1 See https://support.google.com/mail/?p=NoSuchUser",
      "550 Mailbox unavailable (#5.1.1)",
      "550 Mailbox unavailable [5.1.1]",
      "550 Mailbox unavailable <5.1.1>",
      "550 Mailbox unavailable: 5.1.1.",
      "550 5.1.1 <a@quotation.example> rejected",
      "550 5.1.1 Buzon desconocido",
      "550 5.1.1 用户不存在",
    ],
    DATA: ["550 5.1.1 Address rejected"],
  }),
  group("5.1.3, 5.1.4, 5.1.6, 5.2.1 mailbox", "INVALID_RECIPIENT", "never", {
    "RCPT TO": [
      "553 5.1.3 Bad destination mailbox address",
      "551 5.1.6 Mailbox has moved",
      "550 5.2.1 Mailbox inactive",
    ],
  }),
  group("5.7.0, 5.7.1 policy", "PERMISSION", "never", {
    "RCPT TO": [
      "554 5.7.1 Not for you",
      "550 Not from this network (#5.7.1)",
      "550 5.1.0 Not from this network (#5.7.1)",
    ],
  }),
  group("454 throttled", "RATE_LIMIT", "retry", { DATA: ["454 Temporary service failure"] }),
  group("450 mailbox busy", "INVALID_RECIPIENT", "retry", {
    "RCPT TO": [
      "450 Mailbox busy",
      "450 4.2.0 mailbox is busy",
      "450 4.1.1 <ann@example.com>: User unknown",
      // The reply is temporary, whatever the status says.
      "450 5.1.1 User unknown",
    ],
  }),
  group("4.1.x, 4.2.x mailbox busy", "INVALID_RECIPIENT", "retry", {
    "RCPT TO": ["451 4.2.0 Mailbox busy", "550 4.1.1 User unknown"],
  }),
  group("451, 452 server", "NETWORK", "retry", {
    "RCPT TO": [
      "452 Insufficient system storage",
      "451 temporary local problem, try later",
      "451 5.1.1 User unknown",
    ],
    DATA: ["451 Local error in processing"],
  }),
  group("4yz to MAIL", "PERMISSION", "retry", { "MAIL FROM": ["450 Sender not known yet"] }),
  group("5yz to MAIL", "PERMISSION", "pause", {
    "MAIL FROM": [
      "550 Sender not allowed",
      "550 5.7.1 Sender not allowed",
      "553 5.1.8 Sender domain does not exist",
      "550 5.1.1 No such user",
    ],
  }),
  group("522, 552 mailbox full", "RATE_LIMIT", "never", {
    "RCPT TO": ["552 Something about this one", "522 5.2.0 Delivery failed"],
  }),
  group("550, 551, 553 mailbox", "INVALID_RECIPIENT", "never", {
    "RCPT TO": [
      "550",
      "550 Requested action not taken: mailbox unavailable",
      "550 Rejected",
      "550 5.0.0 Rejected",
      "550 #5.1.0 Address rejected",
      "550 5.2.0 Rejected",
      "551 User not local",
      "553 Mailbox name is wrong",
      "550 Host unknown",
      "550 permanent failure for one or more recipients (ann@example.com:blocked)",
      // Other languages.
      "550 Usuario desconocido",
      "550 L'utilisateur n'existe pas",
      "550 Empfaenger unbekannt",
      "550 用户不存在",
      // Not status codes: parts of an address, of a host name and of an IP address.
      "550 Rejected x5.1.1@y.example",
      "550 Rejected by mx-5.1.1.example.com",
      "550 Rejected 192.0.2.5.1.1",
      "550 Rejected [5.1.1.4]",
    ],
  }),
  group("any other 4yz", "OTHER", "retry", {
    "RCPT TO": ["426 connection lost"],
    DATA: ["450 Not now", "450 5.1.1 No such user"],
  }),
  group("any other 5yz", "OTHER", "never", {
    "RCPT TO": [
      "550 5.1.9 Rejected",
      "550 5.4.1 No answer from host",
      "554 Transaction failed",
      "554 Unknown host 192.0.2.1",
      "554 5.0.0 Unrouteable address",
    ],
    DATA: ["554 Transaction failed", "550 Requested action not taken", "550 No such domain"],
  }),
];
