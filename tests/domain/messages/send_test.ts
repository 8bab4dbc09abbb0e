import assert from "node:assert/strict";
import { type Database, statement } from "../../../src/db/database.ts";
import type { Caller } from "../../../src/domain/access/access.ts";
import { addRecipients } from "../../../src/domain/audiences/add_recipients.ts";
import { beginImport, failImport } from "../../../src/domain/audiences/import.ts";
import {
  ConflictError,
  InvalidInputError,
  type Issue,
  NotFoundError,
} from "../../../src/domain/errors.ts";
import { newId } from "../../../src/domain/id.ts";
import type { SendMessageInput } from "../../../src/domain/messages/input.ts";
import { sendMessage } from "../../../src/domain/messages/send.ts";
import { createBus } from "../../../src/events/bus.ts";
import { createOrganization } from "../../support/callers.ts";
import { onEveryDatabase, onPostgres } from "../../support/database.ts";
import { importPeople, messageInput, people, readDeliveries } from "../../support/messages.ts";
import { nested } from "../../support/nesting.ts";

const COUNT = statement<[], { rows: number }>(
  "test.countRows",
  `select (select count(*) from messages) + (select count(*) from deliveries)
     + (select count(*) from batches) + (select count(*) from jobs) as rows`,
);
const JOBS = statement<
  [],
  { kind: string; status: string; lane: string; topic: string; priority: number; runAt: Date }
>(
  "test.messageJobs",
  `select kind, status, lane, topic, priority, run_at as "runAt" from jobs order by id`,
);
const COUNTS = statement<[id: string], { recipients: number; duplicates: number }>(
  "test.messageCounts",
  `select recipient_count as recipients, duplicate_count as duplicates from messages where id = $1`,
);

async function setUp(db: Database) {
  const organization = await createOrganization(db);
  return { ...organization, organization, services: { db, bus: createBus() } };
}

async function issuesOf(attempt: Promise<unknown>): Promise<readonly Issue[]> {
  const error = await attempt.then(() => null, (error: unknown) => error);
  if (error instanceof InvalidInputError) return error.issues;
  throw new Error("Expected an InvalidInputError", { cause: error });
}

/** Returns path and code of each issue: "to.list.1.address MALFORMED". */
function brief(issues: readonly Issue[]): string[] {
  return issues.map(({ path, code }) => `${path.join(".")} ${code}`);
}

const { retry } = messageInput();
const content = { subject: "News for {{ name }}", text: "Dear {{ name }}," };
const invalid: [fault: string, input: Partial<SendMessageInput>, issues: string[]][] = [
  ["no recipient", { to: { list: [] } }, ["to.list EMPTY"]],
  ["neither list nor audience", { to: {} }, ["to.list EMPTY"]],
  ["more than 10,000 recipients", { to: { list: people(10_001) } }, ["to.list TOO_LONG"]],
  [
    "malformed addresses",
    { to: { list: [...people(3), { address: "ada" }, { address: "" }, { address: "a@b" }] } },
    ["to.list.3.address MALFORMED", "to.list.4.address REQUIRED", "to.list.5.address MALFORMED"],
  ],
  [
    "a line end in an address",
    { to: { list: [{ address: "ada@example.net\r\nBcc: eve@example.net", name: "Ada" }] } },
    ["to.list.0.address HEADER_INJECTION"],
  ],
  [
    "a line end in a name",
    { to: { list: [{ address: "ada@example.net", name: "Ada\nBcc: eve@example.net" }] } },
    ["to.list.0.name HEADER_INJECTION"],
  ],
  [
    "variables of 6,000 levels",
    {
      to: { list: [...people(1), { address: "ada@example.net", variables: { x: nested(6_000) } }] },
    },
    ["to.list.1.variables.x TOO_DEEP"],
  ],
  [
    "a line end in the subject",
    { content: { ...content, subject: "News\r\nBcc: eve@example.net" } },
    ["content.subject HEADER_INJECTION"],
  ],
  [
    "a NUL in a body",
    { content: { ...content, html: "<p>\0</p>" } },
    ["content.html MALFORMED"],
  ],
  ["an empty subject", { content: { ...content, subject: " " } }, ["content.subject REQUIRED"]],
  [
    "a body of more than a million characters",
    { content: { ...content, text: "x".repeat(1_000_001) } },
    ["content.text TOO_LONG"],
  ],
  [
    "templates that do not parse",
    { content: { subject: "{% if %}", text: "{{ name", html: "{{ name | shout }}" } },
    ["content.subject TEMPLATE", "content.text TEMPLATE", "content.html TEMPLATE"],
  ],
  [
    "a variable that one recipient lacks",
    {
      content: { subject: "{{ number }}", text: "{{ city }} {{ name }} {{ address }}" },
      to: { list: [...people(2), { address: "eve@example.net", variables: { city: "Rome" } }] },
    },
    ["content.subject UNKNOWN_VARIABLE", "content.text UNKNOWN_VARIABLE"],
  ],
  ["zero attempts", { retry: { ...retry, maxAttempts: 0 } }, ["retry.maxAttempts OUT_OF_RANGE"]],
  ["eleven attempts", { retry: { ...retry, maxAttempts: 11 } }, ["retry.maxAttempts OUT_OF_RANGE"]],
  ["a priority beyond 100", { priority: 101 }, ["priority OUT_OF_RANGE"]],
  ["an empty title", { title: "" }, ["title REQUIRED"]],
  ["an overlong type", { type: "x".repeat(101) }, ["type TOO_LONG"]],
  ["an empty idempotency key", { idempotencyKey: " " }, ["idempotencyKey REQUIRED"]],
  ["an invalid time", { sendAt: new Date(NaN) }, ["sendAt MALFORMED"]],
  [
    "a channel without a provider",
    { channel: "MESSENGER", to: { list: [{ address: "1234567890123456" }] } },
    ["channel NOT_CONFIGURED"],
  ],
  [
    "several faults",
    {
      title: "",
      retry: { ...retry, maxAttempts: 99 },
      content: { subject: "{{ city }}", text: "{% oops %}" },
      to: { list: [{ address: "ada@example.net" }, { address: "ada" }] },
    },
    [
      "content.text TEMPLATE",
      "retry.maxAttempts OUT_OF_RANGE",
      "title REQUIRED",
      "to.list.1.address MALFORMED",
    ],
  ],
];

onEveryDatabase("sendMessage() refuses invalid input and writes nothing", async ({ db }, test) => {
  const { services, member } = await setUp(db);
  for (const [fault, given, expected] of invalid) {
    await test.step(fault, async () => {
      const issues = await issuesOf(sendMessage(services, member, messageInput(given)));
      assert.deepEqual(brief(issues).sort(), [...expected].sort());
      assert(issues.every(({ message }) => message.length > 0));
    });
  }
  assert.deepEqual(await db.run(COUNT), [{ rows: 0 }]);
});

onEveryDatabase("sendMessage() refuses unusable audiences", async ({ db }) => {
  const { services, admin, member, colleague } = await setUp(db);
  const foreign = (await createOrganization(db)).admin;
  const { id: audienceId } = await importPeople(services, member, 3);
  const send = (caller: Caller, to: SendMessageInput["to"], given = {}) =>
    sendMessage(services, caller, messageInput({ to, ...given }));

  for (const caller of [colleague, foreign]) {
    await assert.rejects(send(caller, { audienceId }), NotFoundError);
  }
  await assert.rejects(send(admin, { audienceId: newId() }), NotFoundError);
  const running = await beginImport(services, member, {
    name: "Later",
    bytesTotal: null,
    keepPartial: true,
  });
  const notReady = send(member, { audienceId: running.id });
  assert.deepEqual(brief(await issuesOf(notReady)), ["to.audienceId NOT_READY"]);
  const row = { line: 2, recipient: { address: "ada@example.com" } };
  await addRecipients(services, member, running.id, [row], 100);
  await failImport(services, member, running.id);
  const interrupted = send(member, { audienceId: running.id });
  assert.deepEqual(brief(await issuesOf(interrupted)), ["to.audienceId NOT_READY"]);
  const unknown = { content: { subject: "{{ number }}", text: "In {{ city }}" }, title: "" };
  assert.deepEqual(
    brief(await issuesOf(send(member, { audienceId }, unknown))),
    ["title REQUIRED", "content.text UNKNOWN_VARIABLE"],
  );
  assert.deepEqual(await db.run(COUNT), [{ rows: 0 }]);

  const { message } = await send(admin, { audienceId });
  assert.equal(message.recipientCount, 3);
});

onEveryDatabase(
  "sendMessage() creates one delivery per address in any spelling",
  async ({ db }) => {
    const { services, member } = await setUp(db);
    const list = [
      { address: "Ada@Example.net ", name: " Ada ", variables: { city: "Rome" } },
      { address: "ada@example.NET", name: "Another" },
      { address: "jörg@example.net" },
      { address: "JÖRG@example.net" },
      { address: "bob@example.net" },
    ];
    const { message, created } = await sendMessage(
      services,
      member,
      messageInput({ to: { list }, content: { subject: "Hello", text: "{{ name }}" } }),
    );
    assert(created);
    assert.deepEqual(await db.run(COUNTS, message.id), [{ recipients: 3, duplicates: 2 }]);
    assert.deepEqual(
      (await readDeliveries(db, message.id)).map(({ n, address }) => [n, address]),
      [[1, "Ada@Example.net"], [2, "jörg@example.net"], [3, "bob@example.net"]],
    );
  },
);

onEveryDatabase("sendMessage() accepts 10,000 inline recipients", async ({ db }) => {
  const { services, member } = await setUp(db);
  const { message } = await sendMessage(
    services,
    member,
    messageInput({ to: { list: people(10_000) } }),
  );
  assert.equal(message.recipientCount, 10_000);
  assert.equal((await readDeliveries(db, message.id)).length, 10_000);
});

onEveryDatabase(
  "sendMessage() enqueues the batch of a small message at once, and planning of one with a sendAt",
  async ({ db }) => {
    const { services, member } = await setUp(db);
    const send = (sendAt: Date | null) =>
      sendMessage(
        services,
        member,
        messageInput({ sendAt, type: "reminder", lane: "TRANSACTIONAL", priority: 7 }),
      );
    const tomorrow = new Date(Date.now() + 24 * 60 * 60_000);
    const later = await send(tomorrow);
    const past = await send(new Date(0));
    const now = await send(null);
    assert.deepEqual(
      [later, past, now].map(({ message }) => message.status),
      ["SCHEDULED", "PLANNING", "SENDING"],
    );
    const jobs = await db.run(JOBS);
    assert.deepEqual(jobs.map(({ status }) => status), ["SCHEDULED", "QUEUED", "QUEUED"]);
    assert.deepEqual(jobs[0]?.runAt, tomorrow);
    const kinds = jobs.map(({ kind, lane, topic, priority }) => ({ kind, lane, topic, priority }));
    const expected = { lane: "TRANSACTIONAL", topic: "reminder", priority: 7 };
    assert.deepEqual(kinds, [
      { kind: "PLAN_MESSAGE", ...expected },
      { kind: "PLAN_MESSAGE", ...expected },
      { kind: "SEND_BATCH", ...expected },
    ]);
  },
);

onPostgres(
  "sendMessage() creates one message for 100 concurrent calls with one idempotency key",
  async ({ db }) => {
    const { services, member, colleague, admin } = await setUp(db);
    const foreign = (await createOrganization(db)).member;
    const send = (caller: Caller, title = "News") =>
      sendMessage(services, caller, messageInput({ title, idempotencyKey: " monday " }));
    const answers = await Promise.all(Array.from({ length: 100 }, () => send(member)));
    assert.equal(answers.filter(({ created }) => created).length, 1);
    assert.equal(new Set(answers.map(({ message }) => message.id)).size, 1);
    // One message, one delivery, one batch and its job.
    assert.deepEqual(await db.run(COUNT), [{ rows: 4 }]);

    const again = await send(member, "Other news");
    assert.deepEqual([again.created, again.message.title], [false, "News"]);
    assert.equal((await send(admin)).message.id, again.message.id);
    await assert.rejects(send(colleague), (error) => {
      assert(error instanceof ConflictError);
      assert.equal(error.code, "NAME_TAKEN");
      return true;
    });
    assert((await send(foreign)).created);
  },
);
