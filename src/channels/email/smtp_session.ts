import type { Buffer } from "node:buffer";
import { Readable } from "node:stream";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import type { ComposedMail } from "./compose.ts";
import type { SmtpFailure } from "./smtp_failure.ts";
import { requiresTls, type SmtpProvider } from "./smtp_url.ts";

/** Time limits for the parts of a conversation, in milliseconds. */
export interface SmtpTimeouts {
  /** DNS, connection, greeting, TLS and login together. */
  readonly open: number;
  /** MAIL, RCPT and DATA up to the 354 reply. */
  readonly envelope: number;
  /** Body, and the reply to the final dot. */
  readonly body: number;
}

/** RFC 5321 §4.5.3.2, except `open`, which is shorter because another attempt can replace it. */
export const DEFAULT_TIMEOUTS: SmtpTimeouts = {
  open: 30_000,
  envelope: 5 * 60_000,
  body: 10 * 60_000,
};

const QUIT_TIMEOUT_MS = 1_000;

/** Failed attempt, with the facts that its classification needs. */
export class SmtpError extends Error {
  override readonly name = "SmtpError";

  constructor(readonly failure: SmtpFailure) {
    super(failure.message);
  }
}

/** Fields of nodemailer's errors that are used here. */
interface LibraryError {
  readonly message: string;
  readonly code?: string;
  readonly originalCode?: string;
  readonly response?: string;
  readonly command?: string;
}

/** Connection to a provider, logged in, over which mails are sent one after the other. */
export class SmtpSession {
  readonly #connection: SMTPConnection;
  readonly #timeouts: SmtpTimeouts;
  #opened = false;
  #offersUtf8 = false;
  #bodyBegun = false;
  #fail: ((error: LibraryError) => void) | null = null;

  private constructor(provider: SmtpProvider, timeouts: SmtpTimeouts) {
    this.#timeouts = timeouts;
    this.#connection = new SMTPConnection({
      host: provider.host,
      port: provider.port,
      secure: provider.implicitTls,
      name: provider.ehloName ?? undefined,
      requireTLS: requiresTls(provider),
      tls: { rejectUnauthorized: provider.verifyCertificate },
      connectionTimeout: timeouts.open,
      greetingTimeout: timeouts.open,
      socketCloseTimeout: QUIT_TIMEOUT_MS,
      // Longer than the deadlines of this class, which must expire first.
      socketTimeout: 2 * Math.max(timeouts.envelope, timeouts.body),
    });
    // Between two mails no call is pending, and the next mail finds `alive` false.
    this.#connection.on("error", (error: LibraryError) => this.#fail?.(error));
    // The callback for a reply that closes the connection is called just after this event.
    this.#connection.on("end", () => queueMicrotask(() => this.#fail?.(CLOSED)));
  }

  /**
   * Connects, secures the connection and logs in.
   *
   * @param signal aborts the connection
   * @throws {SmtpError}
   */
  static async open(
    provider: SmtpProvider,
    timeouts: SmtpTimeouts,
    signal?: AbortSignal,
  ): Promise<SmtpSession> {
    const session = new SmtpSession(provider, timeouts);
    const connection = session.#connection;
    try {
      await session.#abortable(signal, async () => {
        await session.#within(timeouts.open, (done) => connection.connect(done));
        session.#offersUtf8 = /^250[ -]SMTPUTF8\b/im.test(connection.lastServerResponse || "");
        if (provider.credentials) await session.#login(provider.credentials);
      });
    } catch (error) {
      connection.close();
      throw requiresTls(provider) ? explainMissingTls(error) : error;
    }
    session.#opened = true;
    return session;
  }

  /** False once either side has closed the connection. */
  get alive(): boolean {
    return !this.#connection.destroyed;
  }

  /**
   * Sends one mail and waits for the reply. After a refusal the session is ready for the next mail, or no
   * longer alive.
   *
   * @param signal aborts the mail and closes the session, unless the body is being sent
   * @returns the id that the server gave the mail in place of its Message-ID; undefined if it gave none
   * @throws {SmtpError}
   */
  async send(mail: ComposedMail, signal?: AbortSignal): Promise<string | undefined> {
    this.#bodyBegun = false;
    if (mail.utf8Address !== null && !this.#offersUtf8) {
      throw this.#error(lacksUtf8(mail.utf8Address));
    }
    return await this.#abortable(signal, async () => {
      try {
        return await this.#transfer(mail);
      } catch (error) {
        // The outcome is known, so the signal may abort the RSET.
        this.#bodyBegun = false;
        if (signal?.aborted) this.#connection.close();
        else await this.#reset();
        throw error;
      }
    });
  }

  async #transfer({ from, to, content }: ComposedMail): Promise<string | undefined> {
    const { envelope, body } = this.#timeouts;
    const sent = await this.#within<{ serverMessageId?: string }>(envelope, (done, extend) => {
      const onStart = () => {
        this.#bodyBegun = true;
        extend(body);
      };
      this.#connection.send({ from, to }, new BodyStream(content, onStart), done);
    });
    return sent?.serverMessageId;
  }

  /** Sends QUIT and returns once the connection has ended, with a reply or without; never rejects. */
  async close(): Promise<void> {
    if (!this.alive) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#connection.once("end", resolve);
    const timer = setTimeout(() => this.#connection.close(), QUIT_TIMEOUT_MS);
    try {
      this.#connection.quit();
    } catch {
      this.#connection.close();
    }
    await promise;
    clearTimeout(timer);
  }

  /** Runs `work`, and aborts it once the signal fires; does not start it if the signal fired before. */
  async #abortable<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    if (signal?.aborted) throw this.#error(ABORTED);
    const abort = () => this.#abort();
    signal?.addEventListener("abort", abort, { once: true });
    try {
      return await work();
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  #abort(): void {
    if (this.#bodyBegun) return;
    this.#fail?.(ABORTED);
    this.#connection.close();
  }

  async #login(credentials: { user: string; password: string }): Promise<void> {
    const { user, password: pass } = credentials;
    await this.#within(this.#timeouts.open, (done) => {
      if (this.#connection.allowsAuth) return this.#connection.login({ user, pass }, done);
      done({
        code: "ENOAUTH",
        message: "Cannot log in: the server does not offer AUTH on this connection",
      });
    });
  }

  async #reset(): Promise<void> {
    if (!this.alive) return;
    try {
      await this.#within(this.#timeouts.open, (done) => this.#connection.reset(done));
    } catch {
      this.#connection.close();
    }
  }

  /** Waits for nodemailer's callback, its error event, the end of the connection, or the deadline. */
  async #within<T>(
    deadline: number,
    start: (
      done: (error?: LibraryError | null, result?: T) => void,
      extend: (deadline: number) => void,
    ) => void,
  ): Promise<T | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<T | undefined>();
    const expire = () => {
      reject(this.#error(TIMED_OUT));
      this.#connection.close();
    };
    let timer = setTimeout(expire, deadline);
    this.#fail = (error) => reject(this.#error(error));
    const extend = (longer: number) => {
      clearTimeout(timer);
      timer = setTimeout(expire, longer);
    };
    try {
      start((error, result) => error ? reject(this.#error(error)) : resolve(result), extend);
    } catch (error) {
      // Not thrown: the promise may be rejected already, and must be awaited, because an unhandled
      // rejection would terminate the process.
      reject(error);
    }
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#fail = null;
    }
  }

  #error(error: LibraryError): SmtpError {
    return new SmtpError({
      reply: error.response || null,
      command: error.command ?? "CONN",
      code: error.code ?? null,
      systemCode: error.originalCode ?? null,
      message: error.message,
      opened: this.#opened,
      bodyBegun: this.#bodyBegun,
      tlsFailedBefore: false,
    });
  }
}

/** Says what to do about a server that implements no STARTTLS; returns any other error unchanged. */
function explainMissingTls(error: unknown): unknown {
  if (!(error instanceof SmtpError)) return error;
  const { reply, command } = error.failure;
  const missing = command === "STARTTLS" ? reply?.startsWith("5") : /^50[02]/.test(reply ?? "");
  if (!missing) return error;
  return new SmtpError({
    ...error.failure,
    reply: null,
    code: "ETLS",
    message:
      `The server does not offer TLS, which is required (${command}: ${reply}). Correct its ` +
      "port, or add requireTLS=false to its URL to allow a connection that is not encrypted",
  });
}

function lacksUtf8(address: string): LibraryError {
  return {
    code: "SMTPUTF8",
    command: "API",
    message: `The mail server cannot transmit the address ${address}: it does not offer SMTPUTF8`,
  };
}

const ABORTED: LibraryError = {
  code: "ECONNECTION",
  message: "The mail was aborted before its body was sent",
};
const CLOSED: LibraryError = { code: "ECONNECTION", message: "The server closed the connection" };
const TIMED_OUT: LibraryError = {
  code: "ETIMEDOUT",
  message: "The server did not reply within the time limit",
};

/** Content of a mail. It reports when nodemailer, after the 354 reply, starts to write it. */
class BodyStream extends Readable {
  readonly #content: Buffer;
  readonly #onStart: () => void;

  constructor(content: Buffer, onStart: () => void) {
    super();
    this.#content = content;
    this.#onStart = onStart;
  }

  override pipe<T extends NodeJS.WritableStream>(destination: T): T {
    this.#onStart();
    destination.end(this.#content);
    return destination;
  }
}
