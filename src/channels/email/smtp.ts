import {
  ABORTED_RESULT,
  type Channel,
  type OutgoingMail,
  type SendOptions,
  type SendResult,
} from "../channel.ts";
import {
  classifyLocalFailure,
  compose,
  type ComposedMail,
  parseSender,
  type Sender,
} from "./compose.ts";
import { ehloName } from "./ehlo_name.ts";
import { isSessionLimit } from "./session_limit.ts";
import { DEFAULT_TIMEOUTS, type SmtpTimeouts } from "./smtp_connection.ts";
import { SmtpError } from "./smtp_error.ts";
import { classifySmtpFailure, isTlsFailure, unanswered } from "./smtp_failure.ts";
import { SmtpPool } from "./smtp_pool.ts";
import { SmtpSession } from "./smtp_session.ts";
import type { SmtpProvider } from "./smtp_url.ts";

/** Settings of an SMTP channel. */
export interface SmtpOptions {
  /** "noreply@example.com" or "Example <noreply@example.com>". */
  readonly from: string;
  readonly timeouts?: SmtpTimeouts;
}

/**
 * Opens the channel through one SMTP provider, which connects at the first mail.
 *
 * Connections are reused: RSET makes them usable after a refused recipient. A mail that gets no reply
 * before its body is tried once more over another connection. A mail whose body was sent and got no reply
 * ends `unknown`, but a late reply is still reported.
 *
 * @throws {AddressError} for a sender that is not one address
 */
export function openSmtpChannel(provider: SmtpProvider, options: SmtpOptions): Channel {
  return new SmtpChannel(provider, options);
}

class SmtpChannel implements Channel {
  readonly connections: number;
  readonly #provider: SmtpProvider;
  readonly #sender: Sender;
  readonly #timeouts: SmtpTimeouts;
  readonly #pool: SmtpPool;
  #tlsFails = false;
  /** Time at which the last mail was accepted, by the process's clock. */
  #acceptedAt = -Infinity;

  constructor(provider: SmtpProvider, { from, timeouts = DEFAULT_TIMEOUTS }: SmtpOptions) {
    this.connections = provider.connections;
    this.#sender = parseSender(from);
    this.#provider = { ...provider, ehloName: ehloName(provider, this.#sender.domain) };
    this.#timeouts = timeouts;
    this.#pool = new SmtpPool(provider.connections, (signal) => this.#open(signal));
  }

  async send(mail: OutgoingMail, options: SendOptions = {}): Promise<SendResult> {
    const { promise: silence, resolve: onUnanswered } = Promise.withResolvers<undefined>();
    const later = this.#attempt(mail, options, () => onUnanswered(undefined));
    const result = await Promise.race([later, silence]);
    if (result) return result;
    // A dead connection is no failure of the server if others work.
    const isSilent = performance.now() - this.#acceptedAt >= this.#timeouts.answer;
    const error = unanswered(isSilent && !options.signal?.aborted);
    return { outcome: "failed", provider: this.#provider.name, error, later };
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }

  async #attempt(
    mail: OutgoingMail,
    options: SendOptions,
    onUnanswered: () => void,
  ): Promise<SendResult> {
    const { name: provider } = this.#provider;
    try {
      const composed = compose(mail, this.#sender);
      const providerMessageId = await this.#deliver(composed, options, onUnanswered);
      if (providerMessageId === null) return ABORTED_RESULT;
      return { outcome: "sent", provider, providerMessageId };
    } catch (error) {
      if (!(error instanceof SmtpError)) {
        return { outcome: "failed", provider: null, error: classifyLocalFailure(error) };
      }
      if (options.signal?.aborted && error.failure.reply === null && !error.failure.bodyBegun) {
        return ABORTED_RESULT;
      }
      return { outcome: "failed", provider, error: classifySmtpFailure(error.failure) };
    }
  }

  /** @returns the Message-ID; null if the signal fired before a connection was free */
  async #deliver(
    mail: ComposedMail,
    options: SendOptions,
    onUnanswered: () => void,
  ): Promise<string | null> {
    const { signal } = options;
    let last = false;
    let lease = await this.#pool.acquire(options);
    while (lease) {
      const { session, fresh } = lease;
      const waitAside = () => {
        this.#pool.setAside(session);
        onUnanswered();
      };
      try {
        const id = await session.send(mail, { signal, last, onUnanswered: waitAside });
        this.#acceptedAt = performance.now();
        return id ?? mail.messageId;
      } catch (error) {
        if (signal?.aborted) throw error;
        if (!last && isSilence(error)) {
          last = true;
          // They may be dead, too.
          this.#pool.closeIdle();
        } else if (fresh || !isConnectionOver(error)) throw error;
      } finally {
        this.#pool.release(session);
      }
      // Each repetition closes a connection, and all but one a connection over which another mail was sent, so
      // that they are limited.
      lease = await this.#pool.acquire({ ...options, urgent: true });
    }
    return null;
  }

  async #open(signal: AbortSignal): Promise<SmtpSession> {
    const tlsFailedBefore = this.#tlsFails;
    try {
      const session = await SmtpSession.open(this.#provider, this.#timeouts, signal);
      this.#tlsFails = false;
      return session;
    } catch (error) {
      if (!(error instanceof SmtpError)) throw error;
      this.#tlsFails = isTlsFailure(error.failure);
      throw new SmtpError({ ...error.failure, tlsFailedBefore });
    }
  }
}

/**
 * True if the server has closed a connection that was idle, as it may at any time, or accepts no further
 * mail over it. The server has not accepted this mail then.
 */
function isConnectionOver(error: unknown): boolean {
  if (!(error instanceof SmtpError)) return false;
  const { bodyBegun, reply, command, code } = error.failure;
  if (isSessionLimit(error.failure)) return true;
  if (bodyBegun) return false;
  if (reply !== null) return reply.startsWith("421") && command === "MAIL FROM";
  return code === "ECONNECTION" || code === "ESOCKET";
}

/** True if the server did not reply before the body, so that it has not accepted this mail. */
function isSilence(error: unknown): boolean {
  return error instanceof SmtpError && error.failure.opened && !error.failure.bodyBegun &&
    error.failure.code === "ETIMEDOUT";
}
