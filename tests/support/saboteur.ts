/** The stages of a conversation at which a server can go wrong. */
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

/** How it goes wrong: it hangs up, says nothing any more, or refuses. */
export const MISCHIEFS = ["CUT", "SILENCE", "REFUSAL"] as const;

export type Mischief = (typeof MISCHIEFS)[number];

/** A mail server that goes wrong at random, at every stage and in every way. */
export interface Saboteur extends AsyncDisposable {
  /** For SMTP_URLS, with a login. */
  readonly url: string;
  /** By TypeID, how often it has taken a delivery: even if nobody heard its word. */
  readonly taken: ReadonlyMap<string, number>;
  /** "DOT CUT": how often it went wrong so. */
  readonly mischief: ReadonlyMap<string, number>;
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

// Once in so many times: a connection carries many mails.
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
 * Starts one on 127.0.0.1. It never takes a mail that it refuses; of those that it cuts off, or falls
 * silent at, after the final dot, it has taken every second.
 *
 * @param random from 0 to 1
 */
export function startSaboteur(random: () => number): Saboteur {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.TcpConn>();
  const taken = new Map<string, number>();
  const mischief = new Map<string, number>();
  const occasions = new Map(STAGES.map((stage) => [stage, Math.floor(random() * PERIODS[stage])]));
  const count = (counts: Map<string, number>, key: string) =>
    counts.set(key, (counts.get(key) ?? 0) + 1);
  const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)];
  const temptation = (stage: Stage): string | null => {
    const occasion = (occasions.get(stage) ?? 0) + 1;
    occasions.set(stage, occasion);
    if (occasion % PERIODS[stage] !== 0) return null;
    const how = pick(MISCHIEFS) ?? "CUT";
    count(mischief, `${stage} ${how}`);
    return how === "REFUSAL" ? pick(REFUSALS[stage]) ?? "421 No" : how;
  };
  const take = (mail: string) => {
    const id = /^X-Waybill-Delivery: (\w+)\r$/m.exec(mail)?.[1] ?? "without X-Waybill-Delivery";
    count(taken, id);
  };
  const serving = (async () => {
    for await (const connection of listener) {
      open.add(connection);
      converse(connection, { temptation, take, chooses: () => random() < 0.5 })
        .catch(() => {}).finally(() => open.delete(connection) && connection.close());
    }
  })();
  return {
    url: `smtp://ada:secret@127.0.0.1:${listener.addr.port}`,
    taken,
    mischief,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const connection of open) connection.close();
      open.clear();
      await serving;
    },
  };
}

interface Character {
  /** What goes wrong at a stage, if anything does: a reply, or how the connection ends. */
  temptation(stage: Stage): string | null;
  take(mail: string): void;
  /** Heads or tails. */
  chooses(): boolean;
}

type Answer = "usual" | "instead" | "over";

async function converse(connection: Deno.TcpConn, character: Character): Promise<void> {
  const { temptation } = character;
  let silent = false;
  const say = async (text: string) => {
    if (!silent) await connection.write(new TextEncoder().encode(`${text}\r\n`));
  };
  const answer = async (usual: string, instead: string | null): Promise<Answer> => {
    if (instead === "CUT") return "over";
    if (instead === "SILENCE") silent = true;
    await say(instead ?? usual);
    return instead === null ? "usual" : "instead";
  };
  if (temptation("CONNECT") !== null) return;
  if (await answer("220 saboteur ESMTP", temptation("BANNER")) === "over") return;
  // Offered only where it is to go wrong: what follows would have to be encrypted.
  const tls = temptation("STARTTLS");
  const offer = tls === null ? "" : "250-STARTTLS\r\n";
  const commands: Readonly<Record<string, () => Promise<Answer>>> = {
    EHLO: () =>
      answer(`250-saboteur\r\n${offer}250-AUTH PLAIN\r\n250 8BITMIME`, temptation("EHLO")),
    STAR: () => answer("220 Go ahead", tls),
    AUTH: () => answer("235 2.7.0 Welcome", temptation("AUTH")),
    MAIL: () => answer("250 OK", temptation("MAIL")),
    RCPT: () => answer("250 OK", temptation("RCPT")),
    DATA: () => answer("354 Go on", temptation("DATA")),
  };
  let body: string | null = null;
  for await (const line of readLines(connection)) {
    if (body !== null && line !== ".") {
      body += `${line}\r\n`;
      continue;
    }
    const command = line.slice(0, 4);
    const ended: Answer = body === null
      ? await (commands[command] ?? (() => answer("250 OK", null)))()
      : await answer("250 2.0.0 Accepted", take(body, character));
    if (ended === "over") return;
    body = body === null && command === "DATA" && ended === "usual" ? "" : null;
  }
}

function take(mail: string, { temptation, take, chooses }: Character): string | null {
  const instead = temptation("DOT");
  const vanishes = instead === "CUT" || instead === "SILENCE";
  if (instead === null || (vanishes && chooses())) take(mail);
  return instead;
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
