import assert from "node:assert/strict";
import { z } from "zod";
import { startJob, type StartJobInput } from "../../src/domain/jobs/start.ts";
import type { SendMessageInput } from "../../src/domain/messages/input.ts";
import { sendMessage } from "../../src/domain/messages/send.ts";
import type { Services } from "../../src/domain/services.ts";
import { issuesOf, singleLine } from "../../src/domain/validation.ts";
import { createBus } from "../../src/events/bus.ts";
import { createOrganization } from "../support/callers.ts";
import { onEveryDatabase } from "../support/database.ts";
import { issuesOf as issuesOfAttempt } from "../support/issues.ts";
import { messageInput } from "../support/messages.ts";
import { nested } from "../support/nesting.ts";

/** Returns path and code of each issue: "input REQUIRED". */
function codes(schema: z.ZodType, value: unknown): string[] {
  return issuesOf(schema.safeParse(value), ["input"])
    .map(({ path, code }) => `${path.join(".")} ${code}`);
}

Deno.test("issuesOf() returns the code of each kind of fault", () => {
  const cases: [schema: z.ZodType, value: unknown, expected: string[]][] = [
    [z.string().min(1), "", ["input REQUIRED"]],
    [z.string().max(1), "ab", ["input TOO_LONG"]],
    [z.array(z.string()).min(1), [], ["input REQUIRED"]],
    [z.array(z.string()).max(1), ["a", "b"], ["input TOO_LONG"]],
    [z.number().min(1), 0, ["input OUT_OF_RANGE"]],
    [z.number().max(1), 2, ["input OUT_OF_RANGE"]],
    [z.number(), "1", ["input MALFORMED"]],
    [z.object({ a: z.number() }), {}, ["input.a REQUIRED"]],
    [z.string().regex(/^a$/), "b", ["input MALFORMED"]],
    [z.string().refine(() => false), "b", ["input MALFORMED"]],
    [z.object({ list: z.array(z.number()) }), { list: [1, "2"] }, ["input.list.1 MALFORMED"]],
    [z.strictObject({}), { a: 1, b: 2 }, ["input.a UNKNOWN_FIELD", "input.b UNKNOWN_FIELD"]],
  ];
  for (const [schema, value, expected] of cases) assert.deepEqual(codes(schema, value), expected);
});

Deno.test("issuesOf() continues the sentence that begins with the path", () => {
  const cases: [schema: z.ZodType, value: unknown, expected: string][] = [
    [z.number(), undefined, "is missing"],
    [z.number(), "1", "must be of type number"],
    [z.number().int(), 1.5, "must be a whole number"],
    [z.number().min(1), 0, "must be at least 1"],
    [z.number().max(10), 11, "must be at most 10"],
    [z.string().max(2), "abc", "must have at most 2 characters"],
    [z.array(z.string()).min(1), [], "must have at least 1 elements"],
    [z.string().regex(/^a$/), "b", "is invalid"],
    [z.string().min(1, "is empty"), "", "is empty"],
  ];
  for (const [schema, value, expected] of cases) {
    assert.equal(issuesOf(schema.safeParse(value))[0]?.message, expected);
  }
});

Deno.test("singleLine() trims, and refuses line ends with the given code", () => {
  assert.equal(singleLine(3).parse(" abc\n"), "abc");
  for (const text of ["a\nb", "a\rb", "a\0b"]) {
    assert.deepEqual(codes(singleLine(3), text), ["input MALFORMED"]);
    assert.deepEqual(codes(singleLine(3, "HEADER_INJECTION"), text), ["input HEADER_INJECTION"]);
  }
  assert.deepEqual(codes(singleLine(3), "  "), ["input REQUIRED"]);
  assert.deepEqual(codes(singleLine(3), "abcd"), ["input TOO_LONG"]);
  assert.deepEqual(codes(singleLine(3), "a\ud800"), ["input MALFORMED"]);
});

onEveryDatabase(
  "startJob() and sendMessage() report the same fault with the same code",
  async ({ db }) => {
    const services: Services = { db, bus: createBus() };
    const { admin } = await createOrganization(db);
    const codesOf = async (attempt: () => Promise<unknown>) =>
      (await issuesOfAttempt(attempt)).map((issue) => issue.split(" ").at(-1));
    const retry = { mode: "MANUAL", maxAttempts: 11 } as const;
    const long = "x".repeat(201);
    const never = new Date(NaN);
    const cases: [job: Partial<StartJobInput>, message: Partial<SendMessageInput>, code: string][] =
      [
        [{ priority: 101 }, { priority: 101 }, "OUT_OF_RANGE"],
        [{ priority: -101 }, { priority: -101 }, "OUT_OF_RANGE"],
        [{ priority: 1.5 }, { priority: 1.5 }, "MALFORMED"],
        [{ maxAttempts: 11 }, { retry }, "OUT_OF_RANGE"],
        [{ uniqueKey: "" }, { idempotencyKey: "" }, "REQUIRED"],
        [{ uniqueKey: long }, { idempotencyKey: long }, "TOO_LONG"],
        [{ uniqueKey: "a\0b" }, { idempotencyKey: "a\0b" }, "MALFORMED"],
        [{ runAt: never }, { sendAt: never }, "MALFORMED"],
      ];
    for (const [job, message, code] of cases) {
      const cleanup = { kind: "CLEANUP_DELIVERIES", payload: { daysToKeep: 1 } } as const;
      const input: StartJobInput = { ...cleanup, ...job };
      assert.deepEqual(await codesOf(() => startJob(services, admin, input)), [code]);
      const sending = () => sendMessage(services, admin, messageInput(message));
      assert.deepEqual(await codesOf(sending), [code]);
    }
  },
);

onEveryDatabase("startJob() refuses a payload of more than 32 levels", async ({ db }) => {
  const { admin } = await createOrganization(db);
  const payload = { daysToKeep: nested(6_000) };
  const start = () =>
    startJob({ db, bus: createBus() }, admin, { kind: "CLEANUP_DELIVERIES", payload });
  assert.deepEqual(await issuesOfAttempt(start), ["payload TOO_DEEP"]);
});
