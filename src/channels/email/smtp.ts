import {
  ABORTED_RESULT,
  type Channel,
  type OutgoingMail,
  type SendOptions,
  type SendResult,
} from "../channel.ts";
import { Semaphore } from "../semaphore.ts";
import {
  classifyLocalFailure,
  compose,
  type ComposedMail,
  parseSender,
  type Sender,
} from "./compose.ts";
import { ehloName } from "./ehlo_name.ts";
import { classifySmtpFailure, isTlsFailure, type SmtpFailure } from "./smtp_failure.ts";
import { DEFAULT_TIMEOUTS, SmtpError, SmtpSession, type SmtpTimeouts } from "./smtp_session.ts";
import type { SmtpProvider } from "./smtp_url.ts";

const IDLE_MS = 30_000;

/** Settings of an SMTP channel. */
export interface SmtpOptions {
  /** "noreply@example.com" or "Example <noreply@example.com>". */
  readonly from: string;
  readonly timeouts?: SmtpTimeouts;
}

/**
 * Opens the channel through one SMTP provider, which connects at the first mail.
 *
 * Connections are reused: RSET makes them usable after a refused recipient. A mail whose body was sent
 * and got no reply ends `unknown`.
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
  readonly #semaphore: Semaphore;
  /** Last in, first out, so that surplus connections stay idle and are closed. */
  #idle: { readonly session: SmtpSession; readonly timer: ReturnType<typeof setTimeout> }[] = [];
  #tlsFails = false;

  constructor(provider: SmtpProvider, { from, timeouts = DEFAULT_TIMEOUTS }: SmtpOptions) {
    this.connections = provider.connections;
    this.#sender = parseSender(from);
    this.#provider = { ...provider, ehloName: ehloName(provider, this.#sender.domain) };
    this.#timeouts = timeouts;
    this.#semaphore = new Semaphore(provider.connections);
  }

  async send(mail: OutgoingMail, options: SendOptions = {}): Promise<SendResult> {
    const { signal } = options;
    return await this.#semaphore.run(options, () => this.#attempt(mail, signal)) ?? ABORTED_RESULT;
  }

  async close(): Promise<void> {
    await this.#semaphore.drain();
    const idle = this.#idle.splice(0);
    for (const { timer } of idle) clearTimeout(timer);
    await Promise.all(idle.map(({ session }) => session.close()));
  }

  async #attempt(mail: OutgoingMail, signal?: AbortSignal): Promise<SendResult> {
    const { name: provider } = this.#provider;
    try {
      const composed = compose(mail, this.#sender);
      const providerMessageId = await this.#deliver(composed, signal) ?? composed.messageId;
      return { outcome: "sent", provider, providerMessageId };
    } catch (error) {
      if (!(error instanceof SmtpError)) {
        return { outcome: "failed", provider: null, error: classifyLocalFailure(error) };
      }
      if (signal?.aborted && error.failure.reply === null && !error.failure.bodyBegun) {
        return ABORTED_RESULT;
      }
      return { outcome: "failed", provider, error: classifySmtpFailure(error.failure) };
    }
  }

  async #deliver(mail: ComposedMail, signal?: AbortSignal): Promise<string | undefined> {
    const idle = this.#takeIdle();
    if (!idle) return await this.#sendOver(await this.#open(signal), mail, signal);
    try {
      return await this.#sendOver(idle, mail, signal);
    } catch (error) {
      const stale = error instanceof SmtpError && isStaleConnection(error.failure);
      if (!stale || signal?.aborted) throw error;
      return await this.#sendOver(await this.#open(signal), mail, signal);
    }
  }

  async #sendOver(
    session: SmtpSession,
    mail: ComposedMail,
    signal?: AbortSignal,
  ): Promise<string | undefined> {
    try {
      return await session.send(mail, signal);
    } finally {
      this.#keep(session);
    }
  }

  async #open(signal?: AbortSignal): Promise<SmtpSession> {
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

  #takeIdle(): SmtpSession | null {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      clearTimeout(idle.timer);
      if (idle.session.alive) return idle.session;
    }
    return null;
  }

  #keep(session: SmtpSession): void {
    if (!session.alive) return;
    const timer = setTimeout(() => {
      this.#idle = this.#idle.filter((idle) => idle.session !== session);
      // No mail is affected if an idle session cannot be closed.
      session.close().catch(() => {});
    }, IDLE_MS);
    this.#idle.push({ session, timer });
  }
}

/**
 * True if the server has closed a connection that was idle, as it may at any time. No content of this mail
 * was transmitted then.
 */
function isStaleConnection({ bodyBegun, reply, command, code }: SmtpFailure): boolean {
  if (bodyBegun) return false;
  if (reply !== null) return reply.startsWith("421") && command === "MAIL FROM";
  return code === "ECONNECTION" || code === "ESOCKET";
}
