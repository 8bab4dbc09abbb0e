// The channel compared with a bare nodemailer pool: same mails, connections and sink. Prints ratios.

import nodemailer from "nodemailer";
import type { OutgoingMail } from "../../src/channels/channel.ts";
import { openSmtpChannel } from "../../src/channels/email/smtp.ts";
import { parseSmtpUrl } from "../../src/channels/email/smtp_url.ts";
import type { SinkStats } from "./smtp_sink.ts";

export const MAILS = 20_000;
export const CONNECTIONS = 10;
const ROUNDS = 3;
export const FROM = "Waybill <noreply@example.com>";
const PARAGRAPH = "This line stands for what one would have to say to so many people at once.\n";

/** Template of the mails of `mailOf`. */
export const templates = {
  subject: "News for person {{ n }}",
  text: `Dear person {{ n }},\n\n${PARAGRAPH.repeat(10)}`,
  html: `<p>Dear person {{ n }},</p>\n${`<p>${PARAGRAPH}</p>\n`.repeat(10)}`,
};

function mailOf(n: number): OutgoingMail {
  return {
    deliveryId: `dlv_${String(n).padStart(26, "0")}`,
    to: { address: `person${n}@example.net`, name: `Person ${n}` },
    subject: `News for person ${n}`,
    text: `Dear person ${n},\n\n${PARAGRAPH.repeat(10)}`,
    html: `<p>Dear person ${n},</p>\n${`<p>${PARAGRAPH}</p>\n`.repeat(10)}`,
  };
}

async function perSecond(send: (mail: OutgoingMail) => Promise<unknown>): Promise<number> {
  const start = performance.now();
  let next = 0;
  // Twice as many mails in progress as connections, so that no connection is idle.
  await Promise.all(Array.from({ length: 2 * CONNECTIONS }, async () => {
    while (next < MAILS) await send(mailOf(next++));
  }));
  return MAILS / (performance.now() - start) * 1_000;
}

/** Rate of a bare nodemailer pool in mails per second. */
export async function throughPool(port: number): Promise<number> {
  const options = { host: "127.0.0.1", port, pool: true, maxMessages: Infinity } as const;
  const pool = nodemailer.createTransport({ ...options, maxConnections: CONNECTIONS });
  const rate = await perSecond(({ deliveryId, to, subject, text, html }) =>
    pool.sendMail({
      from: FROM,
      to: { address: to.address, name: to.name ?? "" },
      subject,
      text: text ?? "",
      html: html ?? "",
      messageId: `<${deliveryId}@example.com>`,
      headers: { "X-Waybill-Delivery": deliveryId },
    })
  );
  pool.close();
  return rate;
}

async function throughChannel(port: number): Promise<number> {
  const url = `smtp://127.0.0.1:${port}?connections=${CONNECTIONS}`;
  const channel = openSmtpChannel(parseSmtpUrl(url), { from: FROM });
  const rate = await perSecond(async (mail) => {
    const result = await channel.send(mail);
    if (result.outcome === "failed") throw new Error(result.error.message);
  });
  await channel.close();
  return rate;
}

async function print(text: string): Promise<void> {
  await Deno.stdout.write(new TextEncoder().encode(text));
}

/**
 * Starts the sink in a process of its own.
 *
 * @param refusedEvery n: every n-th recipient is refused once; absent: none
 */
export async function startSink(
  refusedEvery?: number,
): Promise<{ port: number; stop(): Promise<void> }> {
  const program = new URL("./smtp_sink.ts", import.meta.url).pathname;
  const sink = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-net", program, ...refusedEvery ? [`${refusedEvery}`] : []],
    stdout: "piped",
  }).spawn();
  const output = sink.stdout.getReader();
  const port = Number(new TextDecoder().decode((await output.read()).value));
  const stop = async () => {
    await output.cancel();
    sink.kill();
    await sink.status;
  };
  return { port, stop };
}

/** Reads what the sink has accepted since the last call. */
export async function readSink(port: number): Promise<SinkStats> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode("STATS\r\n"));
  let text = "";
  for await (const part of connection.readable.pipeThrough(new TextDecoderStream())) {
    text += part;
    const stats = /^250 (\{.*\})\r\n/m.exec(text)?.[1];
    if (stats !== undefined) return JSON.parse(stats);
  }
  throw new Error(`The sink reports no statistics: ${text}`);
}

if (import.meta.main) {
  const { port, stop } = await startSink();
  for (let round = 1; round <= ROUNDS; round++) {
    const pool = await throughPool(port);
    const channel = await throughChannel(port);
    const rates = `pool ${pool.toFixed(0)}/s, channel ${channel.toFixed(0)}/s`;
    await print(`round ${round}: ${rates}: x ${(channel / pool).toFixed(2)}\n`);
  }
  await stop();
}
