/** Explanation of a failure for people. */
export interface Explanation {
  /** Meaning of the failure: one or two sentences. */
  readonly meaning: string;
  /** Steps that fix it. */
  readonly remedy: string;
}

const UNKNOWN_MAILBOX: Explanation = {
  meaning: "The mailbox does not exist at the recipient's server.",
  remedy:
    "Correct the addresses or remove them from the audience. They are on the suppression list " +
    "if the server's text was clear.",
};
const UNKNOWN_DOMAIN: Explanation = {
  meaning: "The domain of the address does not exist or receives no mail.",
  remedy: "Look for misspelled domains in the audience; a retry does not help.",
};
const LOGIN: Explanation = {
  meaning: "The provider refused the login: user name or password is wrong or has expired.",
  remedy: "Replace the credentials of the provider; Gmail and Outlook need an app password or " +
    "OAuth. Paused messages continue automatically afterwards.",
};
const REFUSED_CONNECTION: Explanation = {
  meaning: "The host of the provider refused the connection: no mail server listens on this port.",
  remedy:
    "Check host and port of the provider and whether it runs. Waiting deliveries continue as " +
    "soon as it answers.",
};
const UNREACHABLE: Explanation = {
  meaning: "The provider did not answer in time, or the connection broke.",
  remedy:
    "Check the network and firewall between this server and the provider, and the status page " +
    "of the provider, then retry.",
};
const UNRESOLVED_HOST: Explanation = {
  meaning: "The host name of the provider could not be resolved.",
  remedy: "Check the spelling of the provider's host and the DNS resolver of this server.",
};
const TLS: Explanation = {
  meaning: "No encrypted connection to the provider could be opened.",
  remedy: "Check the port of the provider, its certificate, and whether it offers STARTTLS.",
};
const AUTHENTICATION: Explanation = {
  meaning: "The receiving server could not verify the sender's domain by SPF, DKIM and DMARC.",
  remedy:
    "Publish SPF and DKIM for the sending provider and a DMARC record for the domain, and send " +
    "from an address of that domain.",
};
const BANNED_IP: Explanation = {
  meaning: "The receiving server blocks the IP address of the provider.",
  remedy: "Ask the provider for the removal from the block list, or send through another provider.",
};
const TOO_LARGE: Explanation = {
  meaning: "The message is larger than the server or the mailbox accepts.",
  remedy: "Make the message smaller, for example link large pictures instead of embedding them.",
};

/**
 * Explanations of codes of deliveries: codes of this program, of the operating system, reply codes of SMTP
 * (RFC 5321), enhanced status codes (RFC 3463 and Microsoft's 5.7.5xx), and codes of the Messenger Platform.
 */
export const DELIVERY_CODES: Readonly<Record<string, Explanation | undefined>> = {
  "5.1.1": UNKNOWN_MAILBOX,
  "5.1.10": UNKNOWN_MAILBOX,
  "5.1.2": UNKNOWN_DOMAIN,
  "5.4.4": UNKNOWN_DOMAIN,
  "5.2.1": {
    meaning: "The mailbox exists but is disabled.",
    remedy: "Remove the address from the audience, or ask the recipient for another one.",
  },
  "5.2.3": TOO_LARGE,
  "5.3.4": TOO_LARGE,
  "552": TOO_LARGE,
  "530": LOGIN,
  "534": LOGIN,
  "535": LOGIN,
  "5.7.8": LOGIN,
  "5.7.9": LOGIN,
  EAUTH: LOGIN,
  ENOAUTH: LOGIN,
  "5.7.23": AUTHENTICATION,
  "5.7.26": AUTHENTICATION,
  "5.7.27": AUTHENTICATION,
  "5.7.509": AUTHENTICATION,
  "5.7.515": {
    meaning:
      "Outlook.com requires SPF, DKIM and DMARC from senders of many mails, and the sending " +
      "domain does not pass all of them.",
    remedy:
      "Let SPF and DKIM pass, publish a DMARC record of at least p=none, and align the sender's " +
      "address with SPF or DKIM.",
  },
  "5.7.606": BANNED_IP,
  "5.7.511": BANNED_IP,
  "5.7.25": {
    meaning: "The IP address of the provider has no valid reverse DNS name.",
    remedy: "Set a PTR record for the IP address whose name resolves to it, or ask the provider.",
  },
  "5.4.1": {
    meaning: "The recipient's organization accepts no mail for this address.",
    remedy: "Check the address. If it is right, its administrator must allow it.",
  },
  "4.7.1": {
    meaning: "The receiving server defers unknown senders (greylisting) or limits the rate.",
    remedy: "Retry later; such servers accept the mail after some minutes.",
  },
  "5.7.1": {
    meaning: "The receiving server refused the message by its policy.",
    remedy:
      "Read the text of the error: it often names a block list, a missing authentication, or " +
      "content that looks like spam.",
  },
  MAILBOX_FULL: {
    meaning: "The recipient's mailbox is full.",
    remedy: "Retry in some days; remove the address if it stays full.",
  },
  ECONNREFUSED: REFUSED_CONNECTION,
  ENOTFOUND: UNRESOLVED_HOST,
  EDNS: UNRESOLVED_HOST,
  EAI_AGAIN: UNRESOLVED_HOST,
  ETIMEDOUT: UNREACHABLE,
  ECONNRESET: UNREACHABLE,
  ECONNECTION: UNREACHABLE,
  ESOCKET: UNREACHABLE,
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  NO_ANSWER: UNREACHABLE,
  NO_CONNECTION: UNREACHABLE,
  ETLS: TLS,
  SMTPUTF8: {
    meaning: "The address has characters that the provider cannot transmit (no SMTPUTF8).",
    remedy: "Use a provider with SMTPUTF8, or ask the recipient for an ASCII address.",
  },
  TEMPLATE: {
    meaning: "The template could not be rendered for the recipient, so that nothing was sent.",
    remedy: "Correct the template, or add the missing variable to the recipients, then send again.",
  },
  INTERRUPTED: {
    meaning: "The worker died while it sent the delivery: the recipient may have received it.",
    remedy:
      "Check with the provider, then mark the deliveries as sent or resend them. Look for the " +
      "cause of the crash in the log of the worker.",
  },
  INTERNAL: {
    meaning: "Sending met an error of this program; the mail may have been sent.",
    remedy: "Read the log of the worker, then mark the deliveries as sent or resend them.",
  },
  GAVE_UP: {
    meaning: "The provider accepted the mail but could not deliver it in the time that it tries.",
    remedy: "Retry later; remove the addresses if it happens again.",
  },
  BOUNCED: {
    meaning: "The provider accepted the mail and returned it later.",
    remedy: "Read the text of the error; remove addresses that no longer work.",
  },
  "190": {
    meaning: "Meta refused the access token: it is wrong, has expired or was revoked.",
    remedy: "Create a new access token of the page and replace the credentials of the provider.",
  },
};
