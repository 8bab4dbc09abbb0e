import assert from "node:assert/strict";
import { type Caller } from "../../../src/domain/access/access.ts";
import { createApiKey } from "../../../src/domain/access/api_keys.ts";
import type { Database } from "../../../src/db/database.ts";
import { listBatches } from "../../../src/domain/deliveries/batches.ts";
import { listDeliveries } from "../../../src/domain/deliveries/list.ts";
import { newId, type Noun, toTypeId } from "../../../src/domain/id.ts";
import { listJobs } from "../../../src/domain/jobs/list.ts";
import { registerProviders } from "../../../src/domain/providers/register.ts";
import { search } from "../../../src/domain/search/search.ts";
import { sendMessage } from "../../../src/domain/messages/send.ts";
import { addSuppressions } from "../../../src/domain/suppressions/edit.ts";
import { createBus } from "../../../src/events/bus.ts";
import { archiveTemplate } from "../../../src/domain/templates/archive.ts";
import { saveTemplate } from "../../../src/domain/templates/save.ts";
import { createOrganization } from "../../support/callers.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { newEmail, parsedMail, placeMails } from "../../support/emails.ts";
import { issuesOf } from "../../support/issues.ts";
import { importPeople, messageInput } from "../../support/messages.ts";

const ADA = { list: [{ address: "Ada.Lovelace@Example.net", name: "Ada" }] };

async function setUp(db: Database) {
  const services = { db, bus: createBus() };
  const organization = await createOrganization(db, "Analytical Engines");
  const { admin, member } = organization;
  const [provider] = await registerProviders(services, [
    { channel: "EMAIL", name: "smtp.analytical.example:587", perSecond: null },
  ]);
  const send = (caller: Caller, title: string) =>
    sendMessage(services, caller, messageInput({ title, to: ADA }));
  const { message } = await send(member, "100% Analytical news");
  await send(admin, "Analytical offer");
  return {
    ...organization,
    services,
    message,
    provider,
    find: async (caller: Caller, text: string) =>
      (await search(services, caller, text, 20)).map(({ noun, title, detail }) =>
        [noun, title, detail].join(" | ")
      ),
  };
}

onEveryDatabase("search() finds parts of titles, in the scope of the caller", async ({ db }) => {
  const { find, admin, member, colleague, operator, services } = await setUp(db);
  await importPeople(services, admin, 1);
  const messages = [
    "message | Analytical offer | SENDING",
    "message | 100% Analytical news | SENDING",
  ];
  assert.deepEqual(await find(admin, "ANALYTICAL"), messages);
  assert.deepEqual(await find(operator, " analytical "), [
    "organization | Analytical Engines | ",
    ...messages,
    "provider | smtp.analytical.example:587 | EMAIL",
  ]);
  assert.deepEqual(await find(member, "analytical"), messages.slice(1));
  assert.deepEqual(await find(colleague, "analytical"), []);
  assert.deepEqual(await find(admin, "0% a"), messages.slice(1));
  assert.deepEqual(await find(admin, "0_ a"), []);
  assert.deepEqual(await find(admin, "send batch"), Array(2).fill("job | SEND_BATCH | QUEUED"));
  assert.deepEqual(await find(member, "send-batch"), ["job | SEND_BATCH | QUEUED"]);
  for (const text of ["", " ", "\0"]) assert.deepEqual(await find(admin, text), []);
});

onEveryDatabase("search() finds addresses and their beginnings", async ({ db }) => {
  const { find, admin, member, colleague, services } = await setUp(db);
  await addSuppressions(services, admin, {
    channel: "EMAIL",
    addresses: ["ada.lovelace@example.net", "ada.lovelace@example.org"],
  });
  const audience = await importPeople(services, admin, 2);
  const deliveries = [
    "delivery | Ada.Lovelace@Example.net | Analytical offer",
    "delivery | Ada.Lovelace@Example.net | 100% Analytical news",
  ];
  assert.deepEqual(await find(admin, "ada.lovelace@EXAMPLE.net"), [
    ...deliveries,
    "suppression | ada.lovelace@example.net | MANUAL",
  ]);
  // One delivery of each address, the newest.
  assert.deepEqual(await find(admin, "ADA.l"), [
    deliveries[0],
    "suppression | ada.lovelace@example.net | MANUAL",
    "suppression | ada.lovelace@example.org | MANUAL",
  ]);
  assert.deepEqual(await find(admin, "ad"), []);
  assert.deepEqual(await find(member, "ada.lovelace@example.net"), [
    deliveries[1],
    "suppression | ada.lovelace@example.net | MANUAL",
  ]);
  assert.deepEqual(await find(colleague, "ada.lovelace@example.n"), [
    "suppression | ada.lovelace@example.net | MANUAL",
  ]);
  assert.deepEqual(await find(admin, "person1"), [
    `audience | person1@example.net | ${audience.name}`,
  ]);
  assert.deepEqual(await find(member, "person1@example.net"), []);
  const { admin: stranger } = await createOrganization(db);
  assert.deepEqual(await find(stranger, "ada.lovelace@example.net"), []);
  assert.deepEqual(await find(stranger, "ada"), []);
});

onEveryDatabase("search() finds templates that are not archived by their names", async ({ db }) => {
  const { find, admin, member, services } = await setUp(db);
  const content = { subject: "Hello" };
  const { template } = await saveTemplate(services, admin, { name: "Greeting", content });
  assert.deepEqual(await find(member, "greet"), ["template | Greeting | version 1"]);
  const { admin: stranger } = await createOrganization(db);
  assert.deepEqual(await find(stranger, "greet"), []);
  await archiveTemplate(services, admin, template.id);
  assert.deepEqual(await find(admin, "greet"), []);
});

onEveryDatabase("search() finds threads by their subjects and addresses", async ({ db }) => {
  const { find, id, member } = await setUp(db);
  const other = await createOrganization(db, "Another");
  const mail = newEmail(parsedMail({ subject: "The analytical engine" }));
  await placeMails(db, id, [mail]);
  await placeMails(db, other.id, [mail]);
  const thread = "thread | The analytical engine | grace@example.com";
  assert.deepEqual(await find(member, "ANALYTICAL E"), [thread]);
  assert.deepEqual(await find(member, "grace@"), [thread]);
  assert.deepEqual(await find(member, "engines"), []);
});

onEveryDatabase("search() finds an object by its id, if the caller may see it", async ({ db }) => {
  const { services, admin, member, colleague, operator, message, provider } = await setUp(db);
  const { admin: stranger } = await createOrganization(db);
  const audience = await importPeople(services, member, 1);
  const [suppression] = await addSuppressions(services, admin, {
    channel: "EMAIL",
    addresses: ["eve@example.net"],
  });
  const { apiKey } = await createApiKey(services, admin, { name: "Shop", role: "MEMBER" });
  const filter = { messageId: message.id };
  const [delivery] = (await listDeliveries(services, admin, filter, "CREATED_ASC", {})).edges;
  const [batch] = (await listBatches(services, message, {})).edges;
  const [job] = (await listJobs(services, member, {}, "CREATED_ASC", {})).edges;
  const finds = async (caller: Caller, noun: Noun, id = "") => {
    const hits = await search(services, caller, ` ${toTypeId(noun, id)} `, 20);
    return hits.some((hit) => hit.noun === noun && hit.id === id);
  };
  // In the order of the digits below, which say whether the caller finds the object.
  const callers = [stranger, operator, admin, member, colleague];
  for (
    const [noun, id, expected] of [
      ["message", message.id, "01110"],
      ["delivery", delivery?.node.id, "01110"],
      ["batch", batch?.node.id, "01110"],
      ["job", job?.node.id, "01110"],
      ["audience", audience.id, "01110"],
      ["suppression", suppression?.id, "01111"],
      ["apiKey", apiKey.id, "01100"],
      ["organization", admin.organizationId, "01111"],
      ["organization", stranger.organizationId, "11000"],
      ["provider", provider?.id, "01000"],
      ["message", newId(), "00000"],
      ["viewer", newId(), "00000"],
    ] as const
  ) {
    const found = await Promise.all(callers.map((caller) => finds(caller, noun, id)));
    assert.equal(found.map(Number).join(""), expected, noun);
  }
});

onEveryDatabase("search() refuses a long text and a limit out of range", async ({ db }) => {
  const { services, admin } = await setUp(db);
  const attempt = (text: string, limit: number) =>
    issuesOf(() => search(services, admin, text, limit));
  assert.deepEqual(await attempt("x".repeat(321), 20), ["text TOO_LONG"]);
  assert.deepEqual(await attempt("x", 0), ["first OUT_OF_RANGE"]);
  assert.deepEqual(await attempt("x", 51), ["first OUT_OF_RANGE"]);
  const { length } = await search(services, admin, "analytical", 1);
  assert.equal(length, 1);
});
