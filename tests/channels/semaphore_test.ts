import assert from "node:assert/strict";
import { Semaphore } from "../../src/channels/semaphore.ts";

Deno.test("Semaphore.run() lets waiters run in order, urgent ones first", async () => {
  const semaphore = new Semaphore(1);
  const first = Promise.withResolvers<void>();
  const started: string[] = [];
  const run = (name: string, urgent = false) =>
    semaphore.run({ urgent }, async () => {
      started.push(name);
      if (name === "first") await first.promise;
    });
  const runs = [run("first"), run("second"), run("third"), run("urgent", true)];
  assert.deepEqual(started, ["first"]);
  first.resolve();
  await Promise.all(runs);
  assert.deepEqual(started, ["first", "urgent", "second", "third"]);
});

Deno.test("Semaphore.run() leaves the queue when its signal fires", async () => {
  const semaphore = new Semaphore(1);
  const first = Promise.withResolvers<void>();
  const controller = new AbortController();
  let aborted = false;
  const runs = [
    semaphore.run({}, () => first.promise),
    semaphore.run({ signal: controller.signal }, () => Promise.resolve(aborted = true)),
    semaphore.run({}, () => Promise.resolve()),
  ];
  controller.abort();
  assert.equal(await runs[1], undefined);
  first.resolve();
  await Promise.all(runs);
  assert.equal(aborted, false);
});

Deno.test("Semaphore.run() releases its permit when the work throws", async () => {
  const semaphore = new Semaphore(1);
  const work = () => Promise.reject(new Error("broken"));
  await assert.rejects(semaphore.run({}, work), /broken/);
  assert.equal(await semaphore.run({}, () => Promise.resolve("done")), "done");
  await semaphore.drain();
});

Deno.test("Semaphore.drain() waits for operations that run and that wait", async () => {
  const semaphore = new Semaphore(1);
  const works = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const ended: number[] = [];
  works.forEach(({ promise }, n) => {
    void semaphore.run({}, () => promise.then(() => void ended.push(n)));
  });
  const drained = semaphore.drain().then(() => [...ended]);
  for (const { resolve } of works) resolve();
  assert.deepEqual(await drained, [0, 1]);
});
