import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { splitMbox } from "../../../src/server/imports/mbox.ts";

interface Part {
  readonly offset: number;
  readonly text: string | null;
  readonly date: string | null;
  readonly isMarked: boolean;
}

async function split(file: string, partBytes: number, maxBytes = 1_000): Promise<Part[]> {
  const bytes = Buffer.from(file, "latin1");
  async function* parts() {
    for (let start = 0; start < bytes.length; start += partBytes) {
      yield await Promise.resolve(bytes.subarray(start, start + partBytes));
    }
  }
  const mails = await Array.fromAsync(splitMbox(parts(), maxBytes));
  return mails.map(({ offset, raw, date, isMarked }) => ({
    offset,
    text: raw && Buffer.from(raw).toString("latin1"),
    date: date?.toISOString() ?? null,
    isMarked,
  }));
}

const FILE = [
  "From ada@example.org Mon May  4 08:00:00 2026\n",
  "Subject: 1\n\n>From the start, >From here\n>>From\x20there\nFrom now on\nFrom 3 to 4\n\n",
  "From - Mon May 04 08:00:00 2026\r\n",
  "Subject: 2\r\n\r\nText\r\n\r\n",
  "From 1@xxx Mon May 04 10:00:00 +0200 2026\n",
  "From nobody Someday 10:00\nSubject: 3\n",
];
const OFFSETS = [0, 2, 4].map((index) => FILE.slice(0, index).join("").length);

for (const partBytes of [1, 2, 7, 64, 10_000]) {
  Deno.test(`splitMbox() finds each mail in parts of ${partBytes} bytes`, async () => {
    assert.deepEqual(await split(FILE.join(""), partBytes), [
      {
        offset: OFFSETS[0],
        text: "Subject: 1\n\nFrom the start, >From here\n>From there\nFrom now on\nFrom 3 to 4\n\n",
        date: "2026-05-04T08:00:00.000Z",
        isMarked: true,
      },
      {
        offset: OFFSETS[1],
        text: "Subject: 2\r\n\r\nText\r\n\r\n",
        date: "2026-05-04T08:00:00.000Z",
        isMarked: true,
      },
      {
        offset: OFFSETS[2],
        text: "From nobody Someday 10:00\nSubject: 3\n",
        date: "2026-05-04T08:00:00.000Z",
        isMarked: true,
      },
    ]);
  });
}

Deno.test(
  "splitMbox() returns no bytes of a mail above the limit, and continues after it",
  async () => {
    const long = "x".repeat(200_000);
    const from = "From a@example.net Mon May  4 08:00:00 2026\n";
    const found = await split(`${from}${long}From b Mon May  4 08:00:00 2026\n\n${from}B`, 10_000);
    assert.deepEqual(found.map(({ offset, text }) => [offset, text]), [
      [0, null],
      [from.length + long.length + "From b Mon May  4 08:00:00 2026\n\n".length, "B"],
    ]);
  },
);

Deno.test("splitMbox() removes the content of attachments of a large mail", async () => {
  const from = "From a@example.net Mon May  4 08:00:00 2026\n";
  const part = "--b\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\n";
  const content = `${"QUJD".repeat(19)}\n`.repeat(10_000);
  const mail = (content: string) => `X: y\n\n${`${part}${content}`.repeat(2)}--b--\n`;
  for (const partBytes of [1_000, 65_536, 10_000_000]) {
    const found = await split(`${from}${mail(content)}${from}B`, partBytes, 10_000_000);
    const light = found[0]?.text ?? "";
    assert.ok(light.length < content.length, `${light.length} bytes in parts of ${partBytes}`);
    assert.equal(
      light.replaceAll(/(?:QUJD)+\n/g, "").replaceAll(/\n+/g, "\n"),
      mail("").replaceAll(/\n+/g, "\n"),
    );
    assert.equal(found[1]?.text, "B");
  }
});

Deno.test("splitMbox() marks bytes before the first mail, unless they are blank", async () => {
  const mail = "From a@example.net Mon May  4 08:00:00 2026\nA";
  assert.deepEqual((await split(`Hello\n${mail}`, 5)).map(({ isMarked }) => isMarked), [
    false,
    true,
  ]);
  assert.deepEqual((await split(`\r\n\n${mail}`, 5)).map(({ offset }) => offset), [3]);
  assert.deepEqual(await split(" \n", 5), []);
});
