import SMTPConnection from "nodemailer/lib/smtp-connection";
import { requiresTls, type SmtpProvider } from "./smtp_url.ts";

/** Time limits for the parts of a conversation, in milliseconds. */
export interface SmtpTimeouts {
  /** DNS and connecting; then EHLO, TLS and login. The greeting between them has its own limit. */
  readonly open: number;
  /**
   * MAIL, RCPT and DATA up to the 354 reply, if the mail can still be tried over another connection. The limit
   * begins again if a reply has come in it.
   */
  readonly reply: number;
  /** The same at the second try. */
  readonly envelope: number;
  /** Body, and the reply to the final dot, until the mail is reported as UNKNOWN for the time being. */
  readonly answer: number;
  /** Body, and the reply to the final dot, until the connection is closed. */
  readonly body: number;
}

/** RFC 5321 §4.5.3.2, except `open`, `reply` and `answer`, which end nothing that cannot be continued. */
export const DEFAULT_TIMEOUTS: SmtpTimeouts = {
  open: 30_000,
  reply: 20_000,
  envelope: 5 * 60_000,
  answer: 60_000,
  body: 10 * 60_000,
};

/** Time limit for the reply to QUIT, in milliseconds. */
export const QUIT_TIMEOUT_MS = 1_000;
const POLL_MS = 50;

/**
 * Prepares a connection of nodemailer to a provider. nodemailer enables TCP keepalive, whose probes keep
 * entries of NAT tables.
 */
export function createConnection(provider: SmtpProvider, timeouts: SmtpTimeouts): SMTPConnection {
  return new Connection({
    host: provider.host,
    port: provider.port,
    name: provider.ehloName ?? undefined,
    secure: provider.implicitTls,
    requireTLS: requiresTls(provider),
    tls: { rejectUnauthorized: provider.verifyCertificate },
    connectionTimeout: timeouts.open,
    greetingTimeout: provider.greetingMs,
    socketCloseTimeout: QUIT_TIMEOUT_MS,
    // Longer than the deadlines of SmtpSession, which must expire first.
    socketTimeout: 2 * Math.max(timeouts.envelope, timeouts.body, provider.greetingMs),
  });
}

class Connection extends SMTPConnection {
  // Replaces the internal method of nodemailer that ends the wait for the greeting with the time for connecting.
  _remainingSetupTime(): number | undefined {
    return this.options.greetingTimeout;
  }
}

/**
 * Calls `onPhase` when the connection begins to wait for the greeting, with the limit of that wait, and
 * again when the greeting has arrived. nodemailer emits no event for either.
 *
 * @returns a function that ends the observation
 */
export function observePhases(
  connection: SMTPConnection,
  { greetingMs, open }: { readonly greetingMs: number; readonly open: number },
  onPhase: (limitMs: number) => void,
): () => void {
  let limit = open;
  const timer = setInterval(() => {
    const greeted = connection.lastServerResponse !== false;
    const current = connection.stage === "connected" && !greeted ? greetingMs : open;
    if (current !== limit) onPhase(limit = current);
  }, POLL_MS);
  return () => clearInterval(timer);
}
