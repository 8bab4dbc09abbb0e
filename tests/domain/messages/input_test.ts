import assert from "node:assert/strict";
import { type Database, statement } from "../../../src/db/database.ts";
import { InvalidInputError } from "../../../src/domain/errors.ts";
import type { SendMessageInput } from "../../../src/domain/messages/input.ts";
import { sendMessage } from "../../../src/domain/messages/send.ts";
import type { Services } from "../../../src/domain/services.ts";
import { createBus } from "../../../src/events/bus.ts";
import { createOrganization } from "../../support/callers.ts";
import { onEveryDatabase } from "../../support/database.ts";
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

/** "to.list.1.address MALFORMED" */
async function faultsOf(attempt: Promise<unknown>): Promise<string[]> {
  const error = await attempt.then(() => null, (error: unknown) => error);
  if (!(error instanceof InvalidInputError)) throw new Error("It was taken", { cause: error });
  return error.issues.map(({ path, code }) => `${path.join(".")} ${code}`).sort();
}

const tooLong = "1".repeat(33);
const bad: [what: string, input: Partial<SendMessageInput>, faults: string[]][] = [
  [
    "what is no page-scoped id",
    {
      to: {
        list: [PERSON, { address: "ada@example.net" }, { address: "" }, { address: tooLong }],
      },
    },
    ["to.list.1.address MALFORMED", "to.list.2.address REQUIRED", "to.list.3.address MALFORMED"],
  ],
  ["HTML alone", { content: { subject: "News", html: "<p>News</p>" } }, ["content.text REQUIRED"]],
  ["a text that Meta does not take", { content: { subject: "News", text: "x".repeat(2_001) } }, [
    "content.text TOO_LONG",
  ]],
  ["a blank text", { content: { subject: "News", text: " \n" } }, ["content.text REQUIRED"]],
  [
    "a page-scoped id as an email address",
    { channel: "EMAIL" },
    ["to.list.0.address MALFORMED"],
  ],
];

onEveryDatabase("sendMessage() refuses what Messenger could not send", async ({ db }, test) => {
  const { services, member, send } = await setUp(db);
  for (const [what, given, expected] of bad) {
    await test.step(what, async () => assert.deepEqual(await faultsOf(send(given)), expected));
  }
  const { id: audienceId } = await importPeople(services, member, 3);
  assert.deepEqual(await faultsOf(send({ to: { audienceId } })), ["to.audienceId WRONG_CHANNEL"]);
  assert.deepEqual(await db.run(MESSAGES), [{ messages: 0 }]);
});

onEveryDatabase("sendMessage() takes each page-scoped id once, as it stands", async ({ db }) => {
  const { send } = await setUp(db);
  const list = [PERSON, { address: ` ${PERSON.address} ` }, { address: `0${PERSON.address}` }];
  const { message } = await send({ to: { list } });
  assert.deepEqual(
    (await readDeliveries(db, message.id)).map(({ address }) => address),
    [PERSON.address, `0${PERSON.address}`],
  );
});
