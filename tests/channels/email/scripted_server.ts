/**
 * Step of a conversation; STAR is STARTTLS, AUTH includes its argument, BODY is the arrival of the first bytes of the mail, DOT that of
 * its end.
 */
export type Step =
  | "CONNECT"
  | "EHLO"
  | "STAR"
  | "AUTH"
  | "MAIL"
  | "RCPT"
  | "DATA"
  | "BODY"
  | "DOT"
  | "RSET"
  | "QUIT";

/** Step at which the server sends another reply, closes the connection, or stays silent. */
export interface Fault {
  readonly at: Step;
  readonly then: string | "CLOSE" | "SILENCE";
  /** Number of the MAIL command at which the fault happens, over all connections; 1 by default. */
  readonly mail?: number;
}

/** SMTP server over plain TCP that follows a script. */
export interface ScriptedServer extends AsyncDisposable {
  readonly url: string;
  /** Number of connections accepted so far. */
  readonly connections: number;
  /** Steps of all connections, in order. */
  readonly steps: readonly Step[];
  /** Command lines of all connections, in order. */
  readonly commands: readonly string[];
  /** Closes all connections. */
  hangUp(): void;
}

const REPLIES: Record<Step, string> = {
  CONNECT: "220 Ready\r\n",
  EHLO: "250-Hello\r\n250 8BITMIME\r\n",
  STAR: "454 4.7.0 TLS not available\r\n",
  AUTH: "235 2.7.0 Welcome\r\n",
  MAIL: "250 OK\r\n",
  RCPT: "250 OK\r\n",
  DATA: "354 Go on\r\n",
  BODY: "",
  DOT: "250 Accepted\r\n",
  RSET: "250 OK\r\n",
  QUIT: "221 Bye\r\n",
};

/** Connection at a step. */
export interface Moment {
  readonly step: Step;
  /** Number of the connection, from 1. */
  readonly connection: number;
  /** Number of mails that were accepted over this connection. */
  readonly accepted: number;
}

/** Reply that replaces the one of the script; undefined: none does. */
export type Replier = (moment: Moment) => string | undefined | Promise<string | undefined>;

/**
 * Starts a server that accepts mails except at its faults.
 *
 * @param pipelining makes it offer PIPELINING
 * @param replier awaited before each reply
 */
export function startScriptedServer(
  faults: readonly Fault[],
  pipelining = false,
  replier: Replier = () => undefined,
): ScriptedServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const openConnections = new Set<Deno.TcpConn>();
  const steps: Step[] = [];
  const commands: string[] = [];
  const hello = pipelining ? REPLIES.EHLO.replace("8BITMIME", "PIPELINING") : REPLIES.EHLO;
  let connections = 0;

  const replyTo = (step: Step): string => {
    steps.push(step);
    const mails = steps.filter((earlier) => earlier === "MAIL").length;
    const beforeMail = step === "CONNECT" || step === "EHLO" || step === "STAR";
    const fault = faults.find(({ at, mail = 1 }) => at === step && (beforeMail || mail === mails));
    return fault?.then ?? (step === "EHLO" ? hello : REPLIES[step]);
  };
  const converse = async (connection: Deno.TcpConn, number: number) => {
    let accepted = 0;
    const conversation = stepsOf(connection, (line) => commands.push(line));
    let silent = false;
    let reply = "";
    for (;;) {
      const { value: step, done } = await conversation.next(reply);
      if (done) return;
      const scripted = replyTo(step);
      reply = await replier({ step, connection: number, accepted }) ?? scripted;
      if (step === "DOT" && reply.startsWith("250")) accepted++;
      if (reply === "CLOSE") return;
      silent ||= reply === "SILENCE";
      if (!silent) await connection.write(new TextEncoder().encode(reply));
    }
  };
  const serving = (async () => {
    for await (const connection of listener) {
      const number = ++connections;
      openConnections.add(connection);
      // The client may close the connection at any time.
      converse(connection, number).catch(() => {}).finally(() =>
        openConnections.delete(connection) && connection.close()
      );
    }
  })();

  const hangUp = () => {
    for (const connection of openConnections) connection.close();
    openConnections.clear();
  };
  return {
    url: `smtp://127.0.0.1:${listener.addr.port}`,
    steps,
    commands,
    hangUp,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      hangUp();
      await serving;
    },
  };
}

/**
 * Yields the client's steps; takes the reply to each from `next()`.
 *
 * @param onCommand called with each command line
 */
async function* stepsOf(
  connection: Deno.TcpConn,
  onCommand: (line: string) => void,
): AsyncGenerator<Step, void, string> {
  yield "CONNECT";
  const chunk = new Uint8Array(64 * 1024);
  let pending = "";
  let body: "none" | "expected" | "begun" = "none";
  for (;;) {
    const size = await connection.read(chunk);
    if (size === null) return;
    pending += new TextDecoder("latin1").decode(chunk.subarray(0, size));
    for (;;) {
      if (body === "expected" && pending) {
        body = "begun";
        // So that the dot of an empty mail is at the start of a line.
        pending = "\r\n" + pending;
        yield "BODY";
      }
      const mark = body === "none" ? "\r\n" : "\r\n.\r\n";
      const end = pending.indexOf(mark);
      if (end < 0) break;
      if (body === "none") onCommand(pending.slice(0, end));
      const step: Step = body === "none" ? pending.slice(0, 4) as Step : "DOT";
      pending = pending.slice(end + mark.length);
      const reply: string = yield step;
      body = step === "DATA" && reply.startsWith("354") ? "expected" : "none";
    }
  }
}
