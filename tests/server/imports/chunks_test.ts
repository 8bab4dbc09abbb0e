import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { chunksOf } from "../../../src/server/imports/chunks.ts";
import { failure } from "../../../src/server/imports/failure.ts";
import {
  openUpload,
  type RowReader,
  TooLargeError,
  type Upload,
} from "../../../src/server/imports/upload.ts";

const MEGABYTE = 1024 * 1024;

const NO_ROWS: RowReader<never> = { read: () => Promise.resolve([]) };

function blankLines(megabytes: number, maxBytes?: number): Upload<never> {
  const request = new Request("http://localhost/import/recipients", {
    method: "POST",
    headers: { "content-type": "text/csv", "content-encoding": "gzip" },
    body: Uint8Array.from(gzipSync("\n".repeat(megabytes * MEGABYTE))),
  });
  return openUpload(request, { csv: () => NO_ROWS, ndjson: () => NO_ROWS }, maxBytes);
}

Deno.test("chunksOf() lets the event loop turn while it reads compressed blank lines", async () => {
  let turns = 0;
  let reading = true;
  const count = () => {
    turns++;
    if (reading) setImmediate(count);
  };
  setImmediate(count);
  const chunks = await Array.fromAsync(chunksOf(blankLines(8)));
  reading = false;
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(chunks, []);
  assert.ok(turns > 100, `${turns} turns for 128 pieces`);
});

Deno.test("openUpload() decompresses a file in parts of a few megabytes", async () => {
  let largest = 0;
  let total = 0;
  for await (const { length } of blankLines(32).bytes) {
    largest = Math.max(largest, length);
    total += length;
  }
  assert.equal(total, 32 * MEGABYTE);
  assert.ok(largest < 5 * MEGABYTE, `a part has ${largest} bytes`);
});

Deno.test("openUpload() stops a file that is too large when it is decompressed", async () => {
  const { bytes, progress } = blankLines(8, 2 * MEGABYTE);
  let total = 0;
  await assert.rejects(async () => {
    for await (const { length } of bytes) total += length;
  }, (error) => {
    assert.ok(error instanceof TooLargeError);
    assert.match(error.message, /has more than 2,097,152 bytes; split it/);
    assert.equal(failure(error).status, 413);
    return true;
  });
  assert.ok(total <= 2 * MEGABYTE, `${total} bytes were passed on`);
  assert.ok(progress.bytesRead > 0);
  const whole = await Array.fromAsync(blankLines(2, 2 * MEGABYTE).bytes);
  assert.equal(whole.reduce((sum, { length }) => sum + length, 0), 2 * MEGABYTE);
});
