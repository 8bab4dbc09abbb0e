import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { chunksOf } from "../../../src/server/imports/chunks.ts";
import { openUpload, type RowReader, type Upload } from "../../../src/server/imports/upload.ts";

const MEGABYTE = 1024 * 1024;

const NO_ROWS: RowReader<never> = { read: () => Promise.resolve([]) };

function blankLines(megabytes: number): Upload<never> {
  const request = new Request("http://localhost/import/recipients", {
    method: "POST",
    headers: { "content-type": "text/csv", "content-encoding": "gzip" },
    body: Uint8Array.from(gzipSync("\n".repeat(megabytes * MEGABYTE))),
  });
  return openUpload(request, { csv: () => NO_ROWS, ndjson: () => NO_ROWS });
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
