import assert from "node:assert/strict";
import { InvalidInputError } from "../../../src/domain/errors.ts";
import { type Rendering, TemplateError } from "../../../src/domain/rendering.ts";
import { MainThreadRendering } from "../../../src/domain/templates/main_thread.ts";
import { RenderingPool } from "../../../src/domain/templates/pool.ts";

const PREVIEW = { organizationId: "a" };
const ADA = {
  address: "ada@example.com",
  name: "Ada",
  variables: { plan: "<pro>", items: [1, 2] },
};
const LOOP = "{% for a in (1..9999) %}{% for b in (1..999) %}{% endfor %}{% endfor %}";
const ORDINARY = {
  subject: "Hello {{ name }}",
  text: "{% for item in items %}{{ item }} {% endfor %}",
  html: "<p>{{ plan }}</p>",
};
const LOOPING = { subject: "Hello", text: LOOP };
// liquidjs checks the time between tags and outputs, not while a filter sorts.
const STUCK = { subject: "Hello", text: "{{ long | split: '' | sort_natural | size }}{{ name }}" };
const LONG = { ...ADA, variables: { long: unsorted(3_200_000) } };

function unsorted(length: number): string {
  return Array.from({ length }, (_, n) => String.fromCharCode(97 + n * n * 7919 % 26)).join("");
}

async function withPool(use: (pool: Rendering) => Promise<void>): Promise<void> {
  const pool = new RenderingPool();
  try {
    await use(pool);
  } finally {
    pool.close();
  }
}

Deno.test("the pool renders what the calling thread renders", () =>
  withPool(async (pool) => {
    const thread = new MainThreadRendering();
    for (const content of [ORDINARY, { subject: "{{ name }}" }]) {
      assert.deepEqual(
        await pool.render(PREVIEW, content, ADA),
        await thread.render(PREVIEW, content, ADA),
      );
      assert.deepEqual(await pool.check(PREVIEW, content), await thread.check(PREVIEW, content));
    }
  }));

Deno.test("the pool returns the errors of templates", () =>
  withPool(async (pool) => {
    const invalid = { subject: "{{ name", text: "{{ missing }}" };
    await assert.rejects(pool.check(PREVIEW, invalid), (error) => {
      assert.ok(error instanceof InvalidInputError);
      assert.deepEqual(error.issues.map(({ path }) => path), [["content", "subject"]]);
      return true;
    });
    await assert.rejects(
      pool.render(PREVIEW, invalid, ADA),
      (error) => error instanceof TemplateError && error.part === "subject",
    );
    await assert.rejects(
      pool.render(PREVIEW, { subject: "Hello", text: "{{ missing }}" }, ADA),
      (error) =>
        error instanceof TemplateError && error.part === "text" && error.variable === "missing",
    );
  }));

Deno.test("requests are answered while a slow template is rendered, even of the same organization", () =>
  withPool(async (pool) => {
    let slowEnded = false;
    const slow = pool.render(PREVIEW, LOOPING, ADA).catch((error) => {
      slowEnded = true;
      return error;
    });
    for (let n = 0; n < 10; n++) await pool.render(PREVIEW, ORDINARY, ADA);
    assert.equal(slowEnded, false);
    const error = await slow;
    assert.ok(error instanceof TemplateError);
    assert.equal(error.message, "Cannot render text: takes more than 1 s of CPU time");
  }));

Deno.test("a thread that is stuck is replaced, and the requests behind it succeed", () =>
  withPool(async (pool) => {
    const stuck = pool.render(PREVIEW, STUCK, LONG).catch((error) => error);
    const others = await Promise.all(
      Array.from({ length: 20 }, () => pool.render(PREVIEW, ORDINARY, ADA)),
    );
    assert.deepEqual(others.map(({ subject }) => subject), Array(20).fill("Hello Ada"));
    const error = await stuck;
    assert.ok(error instanceof TemplateError);
    assert.match(error.message, /takes more than 1 s of CPU time$/);
    const { subject } = await pool.render(PREVIEW, ORDINARY, ADA);
    assert.equal(subject, "Hello Ada");
  }));

Deno.test("a thread that is stuck uses no CPU time after it was replaced", async () => {
  const program = new URL("../../support/programs/stuck_thread.ts", import.meta.url).pathname;
  const args = ["run", "-A", "--frozen", program];
  const { stdout } = await new Deno.Command(Deno.execPath(), { args }).output();
  const { reason, usedMs } = JSON.parse(new TextDecoder().decode(stdout));
  assert.match(reason, /takes more than 1 s of CPU time$/);
  assert.ok(usedMs < 200, `${usedMs} ms of CPU time in a second`);
});

Deno.test("slow templates of an organization delay those of another one by one rendering at most", () =>
  withPool(async (pool) => {
    // Contents of this length are always rendered on the second thread.
    const long = "x".repeat(100_000);
    let ended = 0;
    const slow = Array.from({ length: 4 }, (_, n) => {
      const content = { subject: `Hello ${n}`, text: LOOP + long };
      return pool.render({ organizationId: "slow" }, content, ADA).catch(() => ended++);
    });
    const ordinary = { ...ORDINARY, html: long };
    for (let n = 0; n < 3; n++) {
      await Promise.all(Array.from({ length: 10 }, () => pool.render(PREVIEW, ordinary, ADA)));
      assert.ok(ended <= n + 1, `${ended} slow templates ended before mail ${10 * n}`);
    }
    await Promise.all(slow);
  }));

Deno.test("a looping template costs the budget of its message, not a second per recipient", () =>
  withPool(async (pool) => {
    const purpose = { ...PREVIEW, messageId: "m" };
    const errors = await Promise.all(
      Array.from({ length: 400 }, () => pool.render(purpose, LOOPING, ADA).catch((error) => error)),
    );
    assert.ok(errors.every((error) => error instanceof TemplateError));
    const refused = errors.filter(({ message }) => /the message takes more than 5 s/.test(message));
    assert.ok(refused.length >= 390, `${refused.length} of 400 were refused`);
    const other = { ...PREVIEW, messageId: "other" };
    assert.equal((await pool.render(other, ORDINARY, ADA)).subject, "Hello Ada");
  }));

Deno.test("close() fails the requests that are running", async () => {
  const pool = new RenderingPool();
  const running = pool.render(PREVIEW, LOOPING, ADA);
  const failed = assert.rejects(running, /the process is stopping/);
  await Promise.resolve();
  pool.close();
  await failed;
  await assert.rejects(pool.render(PREVIEW, ORDINARY, ADA), /the process is stopping/);
});
