import assert from "node:assert/strict";
import { z } from "zod";
import { done } from "../../src/domain/jobs/outcome.ts";
import { bindHandlers } from "../../src/queue/handler.ts";

const kinds = {
  greet: { payload: z.strictObject({ name: z.string() }), timeoutMs: 1_000 },
  count: { payload: z.strictObject({ upTo: z.number() }), timeoutMs: 2_000 },
};

Deno.test("bindHandlers() passes each handler the payload of its kind", async () => {
  const payloads: unknown[] = [];
  const handlers = bindHandlers(kinds, {
    greet(_run, { name }) {
      payloads.push(name.toUpperCase());
      return Promise.resolve(done);
    },
    count(_run, { upTo }) {
      payloads.push(upTo + 1);
      return Promise.resolve(done);
    },
  });
  const run = {
    job: {
      id: "1",
      fence: 1,
      organizationId: "acme",
      userId: null,
      kind: "greet",
      lane: "BULK",
      topic: "greet",
      size: 100,
      attempt: 1,
      maxAttempts: 3,
      subject: null,
    },
    signal: new AbortController().signal,
    report: () => {},
  } as const;
  await handlers.get("greet")?.run(run, { name: "ada" });
  await handlers.get("count")?.run(run, { upTo: 2 });
  assert.deepEqual(payloads, ["ADA", 3]);
  assert.equal(handlers.get("count")?.timeoutMs, 2_000);
});

Deno.test("bindHandlers() does not compile with a missing, wrong or stray handler", () => {
  const count = () => Promise.resolve(done);
  const greet = count;
  const other = (_run: unknown, _payload: { title: string }) => Promise.resolve(done);
  // @ts-expect-error a handler is missing
  bindHandlers(kinds, { count });
  // @ts-expect-error the handler takes another payload
  bindHandlers(kinds, { count, greet: other });
  // @ts-expect-error there is no such kind
  bindHandlers(kinds, { count, greet, wave: count });
});
