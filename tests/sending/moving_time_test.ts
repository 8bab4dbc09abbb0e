import assert from "node:assert/strict";
import type { DeliveryError } from "../../src/channels/channel.ts";
import type { Movement } from "../../src/domain/messages/moving_time.ts";
import { MovingTime } from "../../src/sending/moving_time.ts";
import { type Clock, skipTime, stopTime } from "../support/clock.ts";
import { logOf } from "../support/log.ts";
import { onEveryMail } from "../support/mail.ts";
import { startMailWorker } from "../support/mail_worker.ts";
import { readStatus } from "../support/messages.ts";
import { interceptStatement } from "../support/worker.ts";

const SENT = { waits: false, counts: true };
const FAILED_ATTEMPT = { waits: true, counts: true };
const PROVIDER_FAILED = { waits: true, counts: false };
const HOUR_MS = 3_600_000;

const LIMIT_REACHED: DeliveryError = {
  type: "RATE_LIMIT",
  disposition: "retry",
  code: "LIMIT",
  message: "The rate limit of the provider is used up for now",
  retryAfterMs: 6_000,
  beforeRecipient: true,
};

interface TestTime {
  readonly time: MovingTime;
  readonly clock: Clock;
  readonly written: Movement[];
  /** Makes attempts one after the other that take 100 ms each. */
  attempt(count: number, effect?: typeof SENT): Promise<void>;
}

function withTime(name: string, test: (time: TestTime) => Promise<void>): void {
  Deno.test(name, async () => {
    using clock = stopTime({ performance: true });
    const written: Movement[] = [];
    const time = new MovingTime((movement) => Promise.resolve(void written.push(movement)));
    await test({
      time,
      clock,
      written,
      async attempt(count, effect = SENT) {
        for (let n = 0; n < count; n++) {
          time.start();
          clock.tick(100);
          time.end(effect);
          await time.written();
        }
      },
    });
  });
}

withTime("MovingTime writes once a second while attempts are made", async (test) => {
  await test.attempt(9);
  assert.deepEqual(test.written, []);
  await test.attempt(16);
  assert.deepEqual(test.written, [{ ms: 1_000, ended: 10 }, { ms: 1_000, ended: 10 }]);
});

withTime("MovingTime counts the time between attempts in which they are recorded", async (test) => {
  for (let n = 0; n < 5; n++) {
    await test.attempt(1);
    test.clock.tick(150);
  }
  await test.attempt(1);
  assert.deepEqual(test.written, [{ ms: 1_100, ended: 5 }]);
});

withTime("MovingTime counts no time in which nothing was attempted", async (test) => {
  await test.attempt(5);
  test.clock.tick(10 * HOUR_MS);
  await test.attempt(5);
  assert.deepEqual(test.written, [{ ms: 1_000, ended: 10 }]);
});

withTime("MovingTime counts attempts at the same time once", async ({ time, clock, written }) => {
  for (let n = 0; n < 4; n++) time.start();
  clock.tick(600);
  for (let n = 0; n < 3; n++) time.end(SENT);
  time.start();
  clock.tick(600);
  for (let n = 0; n < 2; n++) time.end(SENT);
  await time.written();
  assert.deepEqual(written, [{ ms: 1_200, ended: 4 }]);
});

withTime("MovingTime counts no attempt that changed nothing", async (test) => {
  await test.attempt(5);
  for (let hour = 0; hour < 3; hour++) {
    test.time.start();
    test.clock.tick(30_000);
    test.time.end(PROVIDER_FAILED);
    test.clock.tick(HOUR_MS);
  }
  await test.attempt(5);
  assert.deepEqual(test.written, [{ ms: 1_000, ended: 10 }]);
});

withTime("MovingTime counts the time of attempts after which deliveries wait", async (test) => {
  await test.attempt(5, FAILED_ATTEMPT);
  await test.attempt(5);
  assert.deepEqual(test.written, [{ ms: 1_000, ended: 5 }]);
});

withTime("MovingTime counts waits for a slot of a rate limit", async (test) => {
  const { time, clock, written } = test;
  for (const waitMs of [6_500, HOUR_MS, 6_500]) {
    // The other connections are told to wait before the first one has sent its mail.
    time.start();
    time.start();
    time.hold(LIMIT_REACHED);
    clock.tick(100);
    time.end(SENT);
    await time.written();
    clock.tick(waitMs);
  }
  await test.attempt(1);
  // Of the hour only the time until the slot was due.
  assert.deepEqual(written, [
    { ms: 6_700, ended: 2 },
    { ms: 6_000, ended: 1 },
    { ms: 6_600, ended: 1 },
  ]);
});

withTime(
  "MovingTime counts a minute of an attempt during which the process was suspended",
  async (test) => {
    const { time, clock, written } = test;
    time.start();
    clock.tick(10 * HOUR_MS);
    time.end(SENT);
    await time.written();
    assert.deepEqual(written, [{ ms: 60_000, ended: 1 }]);
  },
);

Deno.test("MovingTime adds up the time while a write has not ended", async () => {
  using clock = stopTime({ performance: true });
  const written: Movement[] = [];
  const locked = Promise.withResolvers<void>();
  const time = new MovingTime((movement) => {
    written.push(movement);
    return locked.promise;
  });
  const attempt = () => {
    time.start();
    clock.tick(1_000);
    time.end(SENT);
  };
  for (let n = 0; n < 3; n++) attempt();
  assert.deepEqual(written, [{ ms: 1_000, ended: 1 }]);
  locked.resolve();
  await time.written();
  attempt();
  assert.deepEqual(written[1], { ms: 3_000, ended: 3 });
});

onEveryMail("SEND_BATCH sends a message whose moving time cannot be recorded", async (mail) => {
  const { db, services, smtp, channel, send } = mail;
  const failing = interceptStatement(services, "messages.addMovement", () => {
    throw new Error("canceling statement due to lock timeout");
  });
  const { id } = await send({});
  const worker = await startMailWorker(failing, { channel });
  using skipped = new DisposableStack();
  smtp.replies.beforeReply = () => Promise.resolve(void skipped.use(skipTime(2_000)));
  const lines = await logOf(() => worker.runQueued());
  assert.equal(await readStatus(db, id), "SENT");
  assert.match(lines.join("\n"), /Cannot record the moving time of .*msg_.*lock timeout/);
});
