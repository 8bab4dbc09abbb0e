// A mail server that accepts everything at minimal cost. It runs in a process of its own, so that the
// sender alone is measured, and prints its port. With a number n as argument, it refuses every n-th
// recipient once with a temporary error. On the command STATS it reports the mails that it has accepted, as JSON; the
// part of an address after "at" is the time, in milliseconds since 1970, from which the latency is counted.

/** Mails that the sink has accepted since the last STATS command. */
export interface SinkStats {
  readonly accepted: number;
  /** Time of the last mail, in milliseconds since 1970; null: none. */
  readonly lastAt: number | null;
  /** Of the mails to addresses like at1764267353123.5@example.net: milliseconds until they were accepted. */
  readonly latencies: readonly number[];
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("latin1");
const END_OF_MAIL = "\r\n.\r\n";
const REFUSED_EVERY = Number(Deno.args[0] ?? NaN);
const refused = new Set<string>();
let stats = { accepted: 0, lastAt: null as number | null, latencies: [] as number[] };

async function converse(connection: Deno.TcpConn): Promise<void> {
  connection.setNoDelay(true);
  await connection.write(encoder.encode("220 sink\r\n"));
  const chunk = new Uint8Array(64 * 1024);
  let pending = "";
  let inMail = false;
  let from: number | null = null;
  for (;;) {
    const size = await connection.read(chunk);
    if (size === null) return;
    pending += decoder.decode(chunk.subarray(0, size));
    let replies = "";
    for (;;) {
      const mark = inMail ? END_OF_MAIL : "\r\n";
      const end = pending.indexOf(mark);
      if (end < 0) break;
      const line = pending.slice(0, end);
      pending = pending.slice(end + mark.length);
      if (line.startsWith("RCPT")) from = Number(/<at([\d.]+)@/.exec(line)?.[1] ?? 0);
      if (inMail) count(from);
      replies += inMail ? "250 Accepted\r\n" : reply(line);
      inMail = !inMail && line === "DATA";
      // An empty mail ends with a dot on its first line, which has no line break before it.
      if (inMail) pending = `\r\n${pending}`;
    }
    if (replies) await connection.write(encoder.encode(replies));
  }
}

function reply(command: string): string {
  if (command.startsWith("EHLO")) return "250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n";
  if (command === "DATA") return "354 Go on\r\n";
  if (command === "STATS") return `250 ${JSON.stringify(takeStats())}\r\n`;
  if (command.startsWith("RCPT") && isRefused(command)) return "451 4.3.0 Try again\r\n";
  return command === "QUIT" ? "221 Bye\r\n" : "250 OK\r\n";
}

function count(from: number | null): void {
  const now = performance.timeOrigin + performance.now();
  stats.accepted++;
  stats.lastAt = now;
  if (from) stats.latencies.push(now - from);
}

function takeStats(): SinkStats {
  const taken = stats;
  stats = { accepted: 0, lastAt: null, latencies: [] };
  return taken;
}

function isRefused(command: string): boolean {
  if (Number(/\d+/.exec(command)?.[0]) % REFUSED_EVERY !== 0 || refused.has(command)) return false;
  refused.add(command);
  return true;
}

if (import.meta.main) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await Deno.stdout.write(encoder.encode(`${listener.addr.port}\n`));
  for await (const connection of listener) {
    // A closed connection ends this session only.
    converse(connection).catch(() => {}).finally(() => connection.close());
  }
}
