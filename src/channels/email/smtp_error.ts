import type { SmtpFailure } from "./smtp_failure.ts";

/** Failed attempt, with the facts that its classification needs. */
export class SmtpError extends Error {
  override readonly name = "SmtpError";

  constructor(readonly failure: SmtpFailure) {
    super(failure.message);
  }
}

/** Fields of nodemailer's errors that are used here. */
export interface LibraryError {
  readonly message: string;
  readonly code?: string;
  readonly originalCode?: string;
  readonly response?: string;
  readonly command?: string;
}

/** The signal of the mail or of the connection fired. */
export const ABORTED: LibraryError = {
  code: "ECONNECTION",
  message: "The mail was aborted before its body was sent",
};

/** The connection ended while a reply was expected. */
export const CLOSED: LibraryError = {
  code: "ECONNECTION",
  message: "The server closed the connection",
};

/** A time limit passed. */
export const TIMED_OUT: LibraryError = {
  code: "ETIMEDOUT",
  message: "The server did not reply within the time limit",
};

/** Error for an address that must not be transmitted to a server without SMTPUTF8 (RFC 6531). */
export function lacksUtf8(address: string): LibraryError {
  return {
    code: "SMTPUTF8",
    command: "API",
    message: `The mail server cannot transmit the address ${address}: it does not offer SMTPUTF8`,
  };
}

/** Error for a mail that has waited for a connection as long as it may. */
export function noConnection(waitedMs: number): SmtpError {
  return new SmtpError({
    reply: null,
    command: "CONN",
    code: "ETIMEDOUT",
    systemCode: null,
    message: `No connection to the server was open within ${waitedMs / 1_000} s`,
    opened: false,
    bodyBegun: false,
    tlsFailedBefore: false,
  });
}

/** Adds the remedy to the error of a server without STARTTLS; returns any other error unchanged. */
export function explainMissingTls(error: unknown): unknown {
  if (!(error instanceof SmtpError)) return error;
  const { reply, command } = error.failure;
  const refused = { STARTTLS: /^5/, EHLO: /^50[02]/ }[command];
  if (reply === null || !refused?.test(reply)) return error;
  return new SmtpError({
    ...error.failure,
    reply: null,
    code: "ETLS",
    message:
      `The server does not offer TLS, which is required (${command}: ${reply}). Correct its ` +
      "port, or add requireTLS=false to its URL to allow a connection that is not encrypted",
  });
}
