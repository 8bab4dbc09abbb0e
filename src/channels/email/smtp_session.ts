import type { Buffer } from "node:buffer";
import { Readable } from "node:stream";
import type SMTPConnection from "nodemailer/lib/smtp-connection";
import type { ComposedMail } from "./compose.ts";
import { isSessionLimit } from "./session_limit.ts";
import {
  createConnection,
  observePhases,
  QUIT_TIMEOUT_MS,
  type SmtpTimeouts,
} from "./smtp_connection.ts";
import {
  ABORTED,
  CLOSED,
  explainMissingTls,
  lacksUtf8,
  type LibraryError,
  SmtpError,
  TIMED_OUT,
} from "./smtp_error.ts";
import { requiresTls, type SmtpProvider } from "./smtp_url.ts";

// Wait for the reply to the final dot after the signal of a mail has fired. The process has 10 s to stop.
const ANSWER_AFTER_ABORT_MS = 5_000;

/** Options of sending one mail over a session. */
export interface TransferOptions {
  /** Aborts the mail and closes the session; once the body is being sent, it shortens the wait for the reply. */
  readonly signal?: AbortSignal;
  /** True if the mail is not tried over another connection when the server does not reply. */
  readonly last?: boolean;
  /** Called when the server has not replied to the final dot in time; the session waits on. */
  readonly onUnanswered?: () => void;
}

/** Connection to a provider, logged in, over which mails are sent one after the other. */
export class SmtpSession {
  readonly #connection: SMTPConnection;
  readonly #timeouts: SmtpTimeouts;
  #opened = false;
  #offersUtf8 = false;
  #mailsLeft = Infinity;
  #bodyBegun = false;
  #fail: ((error: LibraryError) => void) | null = null;
  /** Shortens the wait for the reply to the final dot. */
  #hurry = () => {};

  private constructor(provider: SmtpProvider, timeouts: SmtpTimeouts) {
    this.#timeouts = timeouts;
    this.#connection = createConnection(provider, timeouts);
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
        await session.#connect(provider.greetingMs);
        session.#readExtensions(connection.lastServerResponse || "");
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

  /** True if the server accepts no further mail over this connection. */
  get usedUp(): boolean {
    return this.#mailsLeft <= 0;
  }

  /**
   * Sends one mail and waits for the reply. After a refusal the session is ready for the next mail, or no
   * longer alive.
   *
   * @returns the id that the server gave the mail in place of its Message-ID; undefined if it gave none
   * @throws {SmtpError}
   */
  async send(mail: ComposedMail, options: TransferOptions = {}): Promise<string | undefined> {
    const { signal } = options;
    this.#bodyBegun = false;
    if (mail.utf8Address !== null && !this.#offersUtf8) {
      throw this.#error(lacksUtf8(mail.utf8Address));
    }
    return await this.#abortable(signal, async () => {
      try {
        this.#mailsLeft--;
        return await this.#transfer(mail, options);
      } catch (error) {
        if (error instanceof SmtpError && isSessionLimit(error.failure)) this.#mailsLeft = 0;
        // The outcome is known, so the signal may abort the RSET.
        this.#bodyBegun = false;
        if (signal?.aborted) this.#connection.close();
        else if (!this.usedUp) await this.#reset();
        throw error;
      }
    });
  }

  async #transfer(
    { from, to, content }: ComposedMail,
    { last = false, onUnanswered = () => {} }: TransferOptions,
  ): Promise<string | undefined> {
    const { reply, envelope, answer, body } = this.#timeouts;
    const replyMs = last ? envelope : reply;
    try {
      const sent = await this.#within<{ serverMessageId?: string }>(replyMs, (done, extend) => {
        const waitOn = () => {
          this.#hurry = () => {};
          extend(body - answer);
          onUnanswered();
        };
        const onStart = () => {
          this.#bodyBegun = true;
          this.#hurry = () => extend(Math.min(answer, ANSWER_AFTER_ABORT_MS), waitOn);
          extend(answer, waitOn);
        };
        const awaitReplies = () => {
          this.#connection.lastServerResponse = false;
          extend(replyMs, () => {
            if (this.#connection.lastServerResponse === false) extend(0);
            else awaitReplies();
          });
        };
        awaitReplies();
        this.#connection.send({ from, to }, new BodyStream(content, onStart), done);
      });
      return sent?.serverMessageId;
    } finally {
      this.#hurry = () => {};
    }
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
    if (this.#bodyBegun) return this.#hurry();
    this.#fail?.(ABORTED);
    this.#connection.close();
  }

  #readExtensions(ehloReply: string): void {
    this.#offersUtf8 = /^250[ -]SMTPUTF8\b/im.test(ehloReply);
    // RFC 9422
    const [, mailMax] = /^250[ -]LIMITS\b.*\bMAILMAX=(\d+)/im.exec(ehloReply) ?? [];
    if (Number(mailMax) > 0) this.#mailsLeft = Number(mailMax);
  }

  async #connect(greetingMs: number): Promise<void> {
    const { open } = this.#timeouts;
    let end = () => {};
    try {
      await this.#within(open, (done, extend) => {
        end = observePhases(this.#connection, { greetingMs, open }, extend);
        this.#connection.connect(done);
      });
    } finally {
      end();
    }
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
      extend: (deadline: number, onExpiry?: () => void) => void,
    ) => void,
  ): Promise<T | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<T | undefined>();
    const expire = () => {
      reject(this.#error(TIMED_OUT));
      this.#connection.close();
    };
    let timer = setTimeout(expire, deadline);
    this.#fail = (error) => reject(this.#error(error));
    const extend = (deadline: number, onExpiry = expire) => {
      clearTimeout(timer);
      timer = setTimeout(onExpiry, deadline);
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
