import assert from "node:assert/strict";
import { type Database, statement } from "../../../src/db/database.ts";
import type { SendMessageInput } from "../../../src/domain/messages/input.ts";
import { sendMessage } from "../../../src/domain/messages/send.ts";
import type { Services } from "../../../src/domain/services.ts";
import { createBus } from "../../../src/events/bus.ts";
import { createOrganization } from "../../support/callers.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { issuesOf } from "../../support/issues.ts";
import { importPeople, messageInput, readDeliveries } from "../../support/messages.ts";

const MESSAGES = statement<[], { messages: number }>(
  "test.countMessages",
  "select count(*) as messages from messages",
);
const PERSON = { address: "24601234567890123", name: "Ada" };

async function setUp(db: Database) {
  const services: Services = { db, bus: createBus(), channels: new Set(["MESSENGER"]) };
  const { member } = await createOrganization(db);
  const send = (given: Partial<SendMessageInput>) =>
    sendMessage(
      services,
      member,
      messageInput({ channel: "MESSENGER", to: { list: [PERSON] }, ...given }),
    );
  return { services, member, send };
}

const tooLong = "1".repeat(33);
const invalid: [fault: string, input: Partial<SendMessageInput>, issues: string[]][] = [
  [
    "addresses that are not page-scoped ids",
    {
      to: {
        list: [PERSON, { address: "ada@example.net" }, { address: "" }, { address: tooLong }],
      },
    },
    ["to.list.1.address MALFORMED", "to.list.2.address REQUIRED", "to.list.3.address MALFORMED"],
  ],
  ["HTML without text", { content: { subject: "News", html: "<p>News</p>" } }, [
    "content.text REQUIRED",
  ]],
  [
    "a text over the limit of Messenger",
    { content: { subject: "News", text: "x".repeat(2_001) } },
    [
      "content.text TOO_LONG",
    ],
  ],
  ["a blank text", { content: { subject: "News", text: " \n" } }, ["content.text REQUIRED"]],
  [
    "a page-scoped id as an email address",
    { channel: "EMAIL" },
    ["to.list.0.address MALFORMED"],
  ],
];

onEveryDatabase(
  "sendMessage() refuses messages that Messenger cannot send",
  async ({ db }, test) => {
    const { services, member, send } = await setUp(db);
    for (const [fault, given, expected] of invalid) {
      await test.step(
        fault,
        async () => assert.deepEqual(await issuesOf(() => send(given)), expected),
      );
    }
    const { id: audienceId } = await importPeople(services, member, 3);
    assert.deepEqual(
      await issuesOf(() => send({ to: { audienceId } })),
      ["to.audienceId WRONG_CHANNEL"],
    );
    assert.deepEqual(await db.run(MESSAGES), [{ messages: 0 }]);
  },
);

onEveryDatabase(
  "sendMessage() sends once to each page-scoped id and keeps leading zeros",
  async ({ db }) => {
    const { send } = await setUp(db);
    const list = [PERSON, { address: ` ${PERSON.address} ` }, { address: `0${PERSON.address}` }];
    const { message } = await send({ to: { list } });
    assert.deepEqual(
      (await readDeliveries(db, message.id)).map(({ address }) => address),
      [PERSON.address, `0${PERSON.address}`],
    );
  },
);
