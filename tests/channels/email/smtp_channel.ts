import type { OutgoingMail, SendOptions, SendResult } from "../../../src/channels/channel.ts";
import { openSmtpChannel } from "../../../src/channels/email/smtp.ts";
import {
  DEFAULT_TIMEOUTS,
  type SmtpTimeouts,
} from "../../../src/channels/email/smtp_connection.ts";
import { parseSmtpUrl } from "../../../src/channels/email/smtp_url.ts";
import { MAIL } from "../../support/outgoing_mail.ts";
import { type Moment, type Replier, startScriptedServer } from "./scripted_server.ts";

/** A channel, and the server that it sends to. */
export interface Given {
  readonly server: ReturnType<typeof startScriptedServer>;
  /** Sends the n-th mail. */
  send(n: number, options?: SendOptions): Promise<SendResult>;
  /** Deliveries in the order in which the server was told their recipients. */
  recipients(): string[];
  close(): Promise<void>;
}

/** Declares a test that also fails if a socket or timer is still open at its end. */
export function test(
  name: string,
  { connections, openMs = 30_000, login = "", limits }: {
    readonly connections: number;
    readonly openMs?: number;
    readonly login?: string;
    readonly limits?: Partial<SmtpTimeouts>;
  },
  replier: Replier,
  run: (given: Given) => Promise<void>,
): void {
  const fn = async () => {
    await using server = startScriptedServer([], false, replier);
    const url = server.url.replace("//", `//${login}`);
    const provider = parseSmtpUrl(`${url}?connections=${connections}&greeting=30s`);
    const timeouts = { ...DEFAULT_TIMEOUTS, open: openMs, ...limits };
    const channel = openSmtpChannel(provider, { from: "noreply@example.com", timeouts });
    await run({
      server,
      send: (n, options) => channel.send(mailOf(n), options),
      recipients: () =>
        server.commands.flatMap((line) => line.match(/^RCPT TO:<(\w+)@/)?.[1] ?? []),
      close: () => channel.close(),
    });
    await channel.close();
  };
  Deno.test({ name, fn, sanitizeOps: true, sanitizeResources: true });
}

function mailOf(n: number): OutgoingMail {
  const to = { address: `person${n}@example.net`, name: null };
  return { ...MAIL, deliveryId: `dlv_${n}`, to };
}

/** Outcomes of results: "sent", "failed" … */
export function outcomesOf(results: readonly SendResult[]): string[] {
  return results.map(({ outcome }) => outcome);
}

/** Withholds the replies of some moments until it is opened. */
export function gate(
  isHeld: (moment: Moment) => boolean,
): { readonly replier: Replier; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const replier: Replier = async (moment) => {
    if (isHeld(moment)) await promise;
    return undefined;
  };
  return { replier, open: resolve };
}
