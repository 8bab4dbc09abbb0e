import assert from "node:assert/strict";
import { watchEventLoop } from "../../../src/server/ops/event_loop.ts";
import { logOf } from "../../support/log.ts";
import { sleep } from "../../support/until.ts";

const BLOCK_MS = 1_200;

function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

Deno.test("watchEventLoop() measures and logs a block", async () => {
  const eventLoop = watchEventLoop();
  const lines = await logOf(async () => {
    await sleep(1);
    block(BLOCK_MS);
    await sleep(1);
  });
  eventLoop.stop();
  // The timer may have been due up to 20 ms after the start of the block.
  assert.ok(eventLoop.longest() >= (BLOCK_MS - 20) / 1_000, `${eventLoop.longest()} s`);
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? "", /^The event loop was blocked for \d{4,} ms;/);

  const { values } = await eventLoop.delays.get();
  const long = values.filter(({ labels: { le } }) => le === 0.5 || le === "+Inf")
    .reduce((count, { labels: { le }, value }) => le === 0.5 ? count - value : count + value, 0);
  assert.ok(eventLoop.takeLongestMs() >= BLOCK_MS - 20);
  assert.equal(eventLoop.takeLongestMs(), 0, "since the last call");
  // A callback every 20 ms: those due in the first 0.7 s of the block waited for more than 0.5 s.
  assert.ok(long >= 30, `${long} delays over 0.5 s`);
});

Deno.test("watchEventLoop() logs only the first of several blocks within 10 s", async () => {
  const eventLoop = watchEventLoop();
  const lines = await logOf(async () => {
    for (let i = 0; i < 2; i++) {
      await sleep(1);
      block(BLOCK_MS);
    }
    await sleep(1);
  });
  eventLoop.stop();
  assert.equal(lines.length, 1);
});
