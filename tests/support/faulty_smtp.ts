import type { Random } from "./random.ts";

/** Stages of an SMTP session at which the server can fail. */
export const STAGES = [
  "CONNECT",
  "BANNER",
  "EHLO",
  "STARTTLS",
  "AUTH",
  "MAIL",
  "RCPT",
  "DATA",
  "DOT",
] as const;

export type Stage = (typeof STAGES)[number];

/** Kinds of faults: close the connection, stop replying, or reply with an error. */
export const FAULTS = ["CUT", "SILENCE", "REFUSAL"] as const;

/** A mail server that fails at random, at every stage and in every way. */
export interface FaultySmtpServer extends AsyncDisposable {
  /** For SMTP_URLS, with a login. */
  readonly url: string;
  /** Number of times each delivery was accepted, by its TypeID; also when the reply was lost. */
  readonly accepted: ReadonlyMap<string, number>;
  /** Number of faults by stage and kind: "DOT CUT". */
  readonly faults: ReadonlyMap<string, number>;
}

const REFUSALS: Readonly<Record<Stage, readonly string[]>> = {
  CONNECT: ["421 4.3.2 Not now"],
  BANNER: ["421 4.7.0 Too many connections", "554 5.3.0 No service here"],
  EHLO: ["421 4.3.2 Shutting down", "502 5.5.1 Not implemented"],
  STARTTLS: ["454 4.7.0 TLS not available"],
  AUTH: ["535 5.7.8 Authentication credentials invalid", "454 4.7.0 Temporary failure"],
  MAIL: ["421 4.3.2 Shutting down", "451 4.7.1 Too many messages", "452 4.3.1 No storage"],
  RCPT: ["450 4.7.1 Greylisted", "550 5.1.1 No such user", "421 4.4.2 Timeout"],
  DATA: ["451 4.3.0 Local error", "554 5.7.1 Spam"],
  DOT: ["451 4.3.0 Local error", "454 4.7.0 Throttling failure", "552 5.2.3 Too large"],
};

// Each stage has one fault in this number of passes. Stages of a mail are passed more often than stages of a
// connection, because a connection is used for many mails.
const PERIODS: Readonly<Record<Stage, number>> = {
  CONNECT: 10,
  BANNER: 10,
  EHLO: 10,
  STARTTLS: 10,
  AUTH: 10,
  MAIL: 35,
  RCPT: 35,
  DATA: 35,
  DOT: 35,
};

/**
 * Starts a faulty server on 127.0.0.1. It never accepts a mail that it refuses. If it cuts the connection or
 * stops replying after the final dot, it has accepted the mail in half of the cases.
 */
export function startFaultySmtp(random: Random): FaultySmtpServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const openConnections = new Set<Deno.TcpConn>();
  const accepted = new Map<string, number>();
  const faults = new Map<string, number>();
  const passes = new Map(
    STAGES.map((stage) => [stage, Math.floor(random.number() * PERIODS[stage])]),
  );
  const count = (counts: Map<string, number>, key: string) =>
    counts.set(key, (counts.get(key) ?? 0) + 1);
  const faultAt = (stage: Stage): string | null => {
    const pass = (passes.get(stage) ?? 0) + 1;
    passes.set(stage, pass);
    if (pass % PERIODS[stage] !== 0) return null;
    const fault = random.pick(FAULTS);
    count(faults, `${stage} ${fault}`);
    return fault === "REFUSAL" ? random.pick(REFUSALS[stage]) : fault;
  };
  const accept = (mail: string) => {
    const id = /^X-Waybill-Delivery: (\w+)\r$/m.exec(mail)?.[1] ?? "without X-Waybill-Delivery";
    count(accepted, id);
  };
  const serving = (async () => {
    for await (const connection of listener) {
      openConnections.add(connection);
      converse(connection, { faultAt, accept, flipCoin: () => random.number() < 0.5 })
        .catch(() => {}).finally(() => openConnections.delete(connection) && connection.close());
    }
  })();
  return {
    url: `smtp://ada:secret@127.0.0.1:${listener.addr.port}`,
    accepted,
    faults,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const connection of openConnections) connection.close();
      openConnections.clear();
      await serving;
    },
  };
}

interface Behavior {
  /** The fault at this pass of a stage: the reply that is sent, CUT or SILENCE; null: none. */
  faultAt(stage: Stage): string | null;
  accept(mail: string): void;
  flipCoin(): boolean;
}

/** The success reply was sent, an error or nothing was sent in its place, or the session is over. */
type Outcome = "success" | "fault" | "over";

async function converse(connection: Deno.TcpConn, behavior: Behavior): Promise<void> {
  const { faultAt } = behavior;
  let silent = false;
  const write = async (text: string) => {
    if (!silent) await connection.write(new TextEncoder().encode(`${text}\r\n`));
  };
  const reply = async (success: string, fault: string | null): Promise<Outcome> => {
    if (fault === "CUT") return "over";
    if (fault === "SILENCE") silent = true;
    await write(fault ?? success);
    return fault === null ? "success" : "fault";
  };
  if (faultAt("CONNECT") !== null) return;
  if (await reply("220 faulty ESMTP", faultAt("BANNER")) === "over") return;
  // STARTTLS is offered only if it is to fail, because this server does not implement TLS.
  const tls = faultAt("STARTTLS");
  const offer = tls === null ? "" : "250-STARTTLS\r\n";
  const commands: Readonly<Record<string, () => Promise<Outcome>>> = {
    EHLO: () => reply(`250-faulty\r\n${offer}250-AUTH PLAIN\r\n250 8BITMIME`, faultAt("EHLO")),
    STAR: () => reply("220 Go ahead", tls),
    AUTH: () => reply("235 2.7.0 Welcome", faultAt("AUTH")),
    MAIL: () => reply("250 OK", faultAt("MAIL")),
    RCPT: () => reply("250 OK", faultAt("RCPT")),
    DATA: () => reply("354 Go on", faultAt("DATA")),
  };
  let body: string | null = null;
  for await (const line of readLines(connection)) {
    if (body !== null && line !== ".") {
      body += `${line}\r\n`;
      continue;
    }
    const command = line.slice(0, 4);
    const outcome: Outcome = body === null
      ? await (commands[command] ?? (() => reply("250 OK", null)))()
      : await reply("250 2.0.0 Accepted", endMail(body, behavior));
    if (outcome === "over") return;
    body = body === null && command === "DATA" && outcome === "success" ? "" : null;
  }
}

function endMail(mail: string, { faultAt, accept, flipCoin }: Behavior): string | null {
  const fault = faultAt("DOT");
  const ambiguous = fault === "CUT" || fault === "SILENCE";
  if (fault === null || (ambiguous && flipCoin())) accept(mail);
  return fault;
}

async function* readLines(connection: Deno.TcpConn): AsyncGenerator<string, void, void> {
  const chunk = new Uint8Array(64 * 1024);
  let pending = "";
  for (;;) {
    const size = await connection.read(chunk);
    if (size === null) return;
    pending += new TextDecoder("latin1").decode(chunk.subarray(0, size));
    for (let end = pending.indexOf("\r\n"); end >= 0; end = pending.indexOf("\r\n")) {
      const line = pending.slice(0, end);
      pending = pending.slice(end + 2);
      yield line;
    }
  }
}
