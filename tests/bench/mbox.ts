// Import of an mbox over HTTP: its rate beside that of a loop that only parses the same mails, the memory of the
// process, and the latency of other requests meanwhile. PostgreSQL only. Option for a short run: --megabytes.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import PostalMime from "postal-mime";
import { createApiKey } from "../../src/domain/access/api_keys.ts";
import { createBus } from "../../src/events/bus.ts";
import { createOrganization } from "../support/callers.ts";
import { makeDataDir } from "../support/data_dir.ts";
import { testDatabase } from "../support/database.ts";
import { request, startProgram } from "../support/program.ts";
import { report } from "./report.ts";
import { pause, reportLatencies, type Target } from "./small_messages.ts";

const { values } = parseArgs({ options: { megabytes: { type: "string", default: "1024" } } });
const BYTES = Number(values.megabytes) * 1024 * 1024;
const MB = 1_000_000;
// Every 400th mail is one of 28 MB, almost as large as is allowed.
const LARGE_EVERY = 400;

const SENTENCE = "The lamp of my order flickers since the last update, what can I do about it?\n";
const BASE64_LINE = `${"QUJDREVGR0hJSktM".repeat(4)}QUJDREVGR0hJ\n`;
const answer = (lines: number) =>
  `Content-Type: text/plain\n\n${
    SENTENCE.repeat(lines)
  }\nOn Mon, 4 May 2026 at 10:00, Desk wrote:\n` +
  `> ${SENTENCE}`.repeat(lines);
const page = (lines: number) =>
  'Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/html\n\n<div style="color:#333">' +
  `<p style="margin:0">${SENTENCE}</p><a href="https://example.com/a">More</a>`.repeat(lines) +
  "</div>\n\n--b--";
const attachment = (lines: number) =>
  `Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n${SENTENCE}\n--b\n` +
  "Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n" +
  BASE64_LINE.repeat(lines) + "\n--b--";

// Of 20 mails: 15 short answers, 4 pages, 1 attachment of 400 kB.
const BODIES = [
  ...Array.from({ length: 15 }, (_, n) => answer(5 + n)),
  ...Array.from({ length: 4 }, (_, n) => page(30 * (n + 1))),
  attachment(5_200),
];
const LARGE = attachment(364_000);
const encoder = new TextEncoder();

function* mails(bytes: number): Generator<Uint8Array> {
  let size = 0;
  for (let n = 0; size < bytes; n++) {
    const body = n % LARGE_EVERY === LARGE_EVERY - 1 ? LARGE : BODIES[n % BODIES.length];
    const mail = encoder.encode(
      `From person${n % 977}@example.net Mon May  4 08:00:00 2026\nFrom: Person <person${
        n % 977
      }@example.net>\n` +
        `To: desk@example.com\nSubject: Question ${n}\nMessage-ID: <${n}@example.net>\n` +
        `Date: Mon, 4 May 2026 08:00:00 +0000\nMIME-Version: 1.0\n${body}\n\n`,
    );
    size += mail.length;
    yield mail;
  }
}

async function parseAll(): Promise<number> {
  const startedAt = performance.now();
  let size = 0;
  for (const mail of mails(BYTES / 8)) {
    await PostalMime.parse(mail);
    size += mail.length;
  }
  return size / MB / (performance.now() - startedAt) * 1_000;
}

async function memoryOf(pid: number, field: "VmRSS" | "VmHWM"): Promise<string> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const kilobytes = Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]);
  return `${Math.round(kilobytes * 1024 / MB)} MB`;
}

/** Writes the mails to a file; returns its size in bytes. */
async function writeMails(path: string): Promise<number> {
  const file = await Deno.open(path, { write: true, create: true });
  const writer = file.writable.getWriter();
  let size = 0;
  for (const mail of mails(BYTES)) {
    await writer.write(mail);
    size += mail.length;
  }
  await writer.close();
  return size;
}

/** Sends the file by curl, which takes less of the processor than a client in this process. */
async function importFile({ address, key }: Target, path: string): Promise<void> {
  const headers = [`Authorization: Bearer ${key}`, "Content-Type: application/mbox"];
  const args = ["-s", "-T", path, "-X", "POST", ...headers.flatMap((header) => ["-H", header])];
  const { stdout } = await new Deno.Command("curl", { args: [...args, `${address}/import/emails`] })
    .output();
  const { added } = JSON.parse(new TextDecoder().decode(stdout));
  if (typeof added !== "number") throw new Error("Cannot import the file");
  report("mails", added.toLocaleString("en"));
}

/** Sends a query that reads nothing every 20 ms until the promise resolves; returns the latencies in ms. */
async function latenciesUntil(target: Target, done: Promise<unknown>): Promise<number[]> {
  const latencies: number[] = [];
  let running = true;
  done.finally(() => running = false);
  while (running) {
    const sentAt = performance.now();
    await request(target, "{ __typename }");
    latencies.push(performance.now() - sentAt);
    await pause(20);
  }
  return latencies;
}

const { db, url, close } = await testDatabase();
const services = { db, bus: createBus() };
const { admin } = await createOrganization(db);
const { secret } = await createApiKey(services, admin, { name: "bench", role: "ADMIN" });
const program = await startProgram({
  DATABASE_URL: url,
  ADMIN_API_KEY: "operator-key-of-this-bench",
});
const target = { address: program.address, key: secret };
const path = join(makeDataDir(), "mails.mbox");
const size = await writeMails(path);
report("memory before", await memoryOf(program.process.pid, "VmRSS"));
const startedAt = performance.now();
const importing = importFile(target, path);
reportLatencies("a query meanwhile", await latenciesUntil(target, importing));
report("import", `${(size / MB / (performance.now() - startedAt) * 1_000).toFixed(1)} MB/s`);
report("highest memory", await memoryOf(program.process.pid, "VmHWM"));
report("parsing alone, by postal-mime", `${(await parseAll()).toFixed(1)} MB/s`);
await program.stop();
await services.bus.close();
await close();
