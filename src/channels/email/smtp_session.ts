import type { Buffer } from "node:buffer";
import { Readable } from "node:stream";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import type { ComposedMail } from "./compose.ts";
import type { SmtpFailure } from "./smtp_failure.ts";
import type { SmtpProvider } from "./smtp_url.ts";

/** How long each part of a conversation may take, in milliseconds. */
export interface SmtpTimeouts {
  /** Name, connection, greeting, TLS and login together. */
  readonly open: number;
  /** MAIL, RCPT and DATA up to the server's consent. */
  readonly envelope: number;
  /** The body and the reply to its final dot. */
  readonly body: number;
}

/** RFC 5321 §4.5.3.2; but a new connection, which another try replaces, is given up sooner. */
export const DEFAULT_TIMEOUTS: SmtpTimeouts = {
  open: 30_000,
  envelope: 5 * 60_000,
  body: 10 * 60_000,
};

const PARTING_MS = 1_000;

/** What ended a try, with all that its classification needs. */
export class SmtpError extends Error {
  override readonly name = "SmtpError";

  constructor(readonly failure: SmtpFailure) {
    super(failure.message);
  }
}

/** The parts of nodemailer's errors that tell something. */
interface LibraryError {
  readonly message: string;
  readonly code?: string;
  readonly originalCode?: string;
  readonly response?: string;
  readonly command?: string;
}

/** One connection to a provider: opened, logged in, carrying one mail after the other. */
export class SmtpSession {
  readonly #connection: SMTPConnection;
  readonly #timeouts: SmtpTimeouts;
  #opened = false;
  #bodyBegun = false;
  #fail: ((error: LibraryError) => void) | null = null;

  private constructor(provider: SmtpProvider, timeouts: SmtpTimeouts) {
    this.#timeouts = timeouts;
    this.#connection = new SMTPConnection({
      host: provider.host,
      port: provider.port,
      secure: provider.implicitTls,
      requireTLS: provider.requireTls,
      tls: { rejectUnauthorized: provider.verifyCertificate },
      connectionTimeout: timeouts.open,
      greetingTimeout: timeouts.open,
      // The deadlines here hold for each part; the library's own is for silence only.
      socketCloseTimeout: PARTING_MS,
      socketTimeout: 2 * Math.max(timeouts.envelope, timeouts.body),
    });
    // Between two mails nobody waits: the session is found closed when it is next wanted.
    this.#connection.on("error", (error: LibraryError) => this.#fail?.(error));
    // A reply that closes the connection reaches its callback just after this event.
    this.#connection.on("end", () => queueMicrotask(() => this.#fail?.(CLOSED)));
  }

  /**
   * Connects, greets, secures and logs in.
   *
   * @param signal gives it up
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
      await session.#heeding(signal, async () => {
        await session.#within(timeouts.open, (done) => connection.connect(done));
        if (provider.credentials) await session.#login(provider.credentials);
      });
    } catch (error) {
      connection.close();
      throw error;
    }
    session.#opened = true;
    return session;
  }

  /** False once either side has closed it. */
  get alive(): boolean {
    return !this.#connection.destroyed;
  }

  /**
   * Hands over one mail and waits for the server's word. After a refusal the session is ready for
   * the next mail, or no longer alive.
   *
   * @param signal gives the mail up, and the session, while the content has not begun
   * @returns the id that the server gave the mail in place of its Message-ID, where it names one
   * @throws {SmtpError}
   */
  async send(mail: ComposedMail, signal?: AbortSignal): Promise<string | undefined> {
    this.#bodyBegun = false;
    return await this.#heeding(signal, async () => {
      try {
        return await this.#transfer(mail);
      } catch (error) {
        // Its outcome is known: nothing is in doubt any more, and who is to end does not wait.
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
      const begin = () => {
        this.#bodyBegun = true;
        extend(body);
      };
      this.#connection.send({ from, to }, new Body(content, begin), done);
    });
    return sent?.serverMessageId;
  }

  /** Says goodbye and returns once the connection has ended, with the server's answer or without. */
  async close(): Promise<void> {
    if (!this.alive) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#connection.once("end", resolve);
    const impatience = setTimeout(() => this.#connection.close(), PARTING_MS);
    this.#connection.quit();
    await promise;
    clearTimeout(impatience);
  }

  /** Gives up what is under way once the signal fires; begins nothing when it has fired before. */
  async #heeding<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    if (signal?.aborted) throw this.#error(GIVEN_UP);
    const giveUp = () => this.#giveUp();
    signal?.addEventListener("abort", giveUp, { once: true });
    try {
      return await work();
    } finally {
      signal?.removeEventListener("abort", giveUp);
    }
  }

  #giveUp(): void {
    if (this.#bodyBegun) return;
    this.#fail?.(GIVEN_UP);
    this.#connection.close();
  }

  async #login(credentials: { user: string; password: string }): Promise<void> {
    const { user, password: pass } = credentials;
    await this.#within(this.#timeouts.open, (done) => {
      if (this.#connection.allowsAuth) return this.#connection.login({ user, pass }, done);
      done({ code: "ENOAUTH", message: "The server offers no login on this connection" });
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

  /** Waits for the library's callback, its error event, its end, or the deadline. */
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

const GIVEN_UP: LibraryError = { code: "ECONNECTION", message: "The mail was given up" };
const CLOSED: LibraryError = { code: "ECONNECTION", message: "The server closed the connection" };
const TIMED_OUT: LibraryError = { code: "ETIMEDOUT", message: "The server did not answer in time" };

/** A whole mail that tells when the library, with the server's consent, begins to write it. */
class Body extends Readable {
  readonly #content: Buffer;
  readonly #begin: () => void;

  constructor(content: Buffer, begin: () => void) {
    super();
    this.#content = content;
    this.#begin = begin;
  }

  override pipe<T extends NodeJS.WritableStream>(destination: T): T {
    this.#begin();
    destination.end(this.#content);
    return destination;
  }
}
