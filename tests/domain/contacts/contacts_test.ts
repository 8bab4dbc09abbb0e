import assert from "node:assert/strict";
import type { Database } from "../../../src/db/database.ts";
import { tidyContact } from "../../../src/domain/contacts/contact.ts";
import { importContacts } from "../../../src/domain/contacts/import.ts";
import { type ContactFilter, listContacts } from "../../../src/domain/contacts/list.ts";
import { updateContact } from "../../../src/domain/contacts/update.ts";
import { upsertContacts } from "../../../src/domain/contacts/upsert.ts";
import { ForbiddenError, NotFoundError } from "../../../src/domain/errors.ts";
import { newId } from "../../../src/domain/id.ts";
import { addSuppressions } from "../../../src/domain/suppressions/edit.ts";
import { unsubscribe } from "../../../src/domain/suppressions/unsubscribe.ts";
import { createBus } from "../../../src/events/bus.ts";
import { createOrganization } from "../../support/callers.ts";
import { addContacts, contactAt } from "../../support/contacts.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { issuesOf } from "../../support/issues.ts";

async function open(db: Database) {
  const services = { db, bus: createBus() };
  const organization = await createOrganization(db);
  const { admin } = organization;
  return {
    ...organization,
    services,
    find: (address: string) => contactAt(services, admin, address),
    list: async (filter: ContactFilter) => {
      const { edges, totalCount } = await listContacts(services, admin, filter, {});
      assert.equal(await totalCount(), edges.length);
      return edges.map(({ node }) => node.email ?? node.psid).sort();
    },
  };
}

onEveryDatabase("importContacts() merges rows into the contact with the same address", async (
  { db },
) => {
  const { services, admin, find, list } = await open(db);
  const rows = [
    { line: 2, contact: { email: "Ada@Example.net", name: "Ada", variables: { plan: "free" } } },
    { line: 3, contact: { psid: "246", name: "Max", vip: true } },
    { line: 4, contact: { email: "ada", name: "Bad\nname" } },
    { line: 5, contact: { name: "Nobody" } },
    { line: 6, reason: "is not JSON" },
  ];
  const { refused, ...first } = await importContacts(services, admin, rows);
  assert.deepEqual(first, { added: 2, updated: 0 });
  assert.deepEqual(refused.map(({ line }) => line), [4, 5, 6]);
  assert.match(refused[0]?.reason ?? "", /email is not an email address.*name must not contain/);
  assert.match(refused[1]?.reason ?? "", /email is missing: a contact has an email address/);
  const before = await find("Ada@Example.net");
  const again = await importContacts(services, admin, [
    { line: 2, contact: { email: "ada@EXAMPLE.NET", variables: { seats: 3 } } },
    { line: 3, contact: { psid: "246", email: "max@example.net" } },
    { line: 4, contact: { psid: "246", email: "ada@example.net" } },
  ]);
  const taken = "psid belongs to a contact with another email address";
  assert.deepEqual(again, { added: 0, updated: 2, refused: [{ line: 4, reason: taken }] });
  const ada = await find("Ada@Example.net");
  assert.equal(ada.id, before.id);
  assert.deepEqual([ada.name, ada.variables], ["Ada", { plan: "free", seats: 3 }]);
  const max = await find("max@example.net");
  assert.deepEqual([max.psid, max.name, max.vip, max.registeredAt], ["246", "Max", true, null]);
  const third = await importContacts(services, admin, [
    { line: 2, contact: { psid: "246", email: "ada@example.net" } },
  ]);
  assert.deepEqual(third, { added: 0, updated: 0, refused: [{ line: 2, reason: taken }] });
  assert.deepEqual(await list({}), ["Ada@Example.net", "max@example.net"]);
});

onEveryDatabase("upsertContacts() keeps the time of the first sign-up", async ({ db }) => {
  const { id, admin, services, find } = await open(db);
  const signUp = async (registered: boolean) => {
    const contacts = [tidyContact({ email: "ada@example.net" })];
    const [contact] = await upsertContacts(db, id, contacts, registered);
    return contact;
  };
  assert.equal((await signUp(false))?.registeredAt, null);
  const registered = await signUp(true);
  assert.equal(registered?.created, false);
  assert.ok(registered.registeredAt);
  await signUp(true);
  const { registeredAt } = await find("ada@example.net");
  assert.deepEqual(registeredAt, registered.registeredAt);
  const stranger = await createOrganization(db, "Another");
  await addContacts(services, stranger.admin, [{ email: "ada@example.net" }]);
  const { edges } = await listContacts(services, admin, {}, {});
  assert.equal(edges.length, 1);
});

onEveryDatabase("listContacts() filters by the suppression list", async ({ db }) => {
  const { id, services, admin, list } = await open(db);
  await addContacts(services, admin, [
    { email: "ada@example.net", name: "Ada Lovelace", psid: "100" },
    { email: "max@example.net", vip: true },
    { email: "cleo@example.net", name: "CLEO" },
    { psid: "246" },
    { psid: "247" },
  ]);
  const link = { organizationId: id, channel: "EMAIL", address: "Ada@example.net" } as const;
  await unsubscribe(services, { ...link, deliveryId: newId() });
  const suppress = (channel: "EMAIL" | "MESSENGER", address: string) =>
    addSuppressions(services, admin, { channel, addresses: [address], reason: "BOUNCED" });
  await suppress("EMAIL", "max@example.net");
  await suppress("MESSENGER", "246");
  await suppress("EMAIL", "stranger@example.net");
  assert.deepEqual(await list({ active: true }), ["247", "cleo@example.net"]);
  assert.deepEqual(await list({ active: false }), ["246", "ada@example.net", "max@example.net"]);
  assert.deepEqual(await list({ unsubscribed: true }), ["ada@example.net"]);
  assert.deepEqual(await list({ unsubscribed: false }), [
    "246",
    "247",
    "cleo@example.net",
    "max@example.net",
  ]);
  assert.deepEqual(await list({ vip: true, active: false }), ["max@example.net"]);
  assert.deepEqual(await list({ vip: false, active: true, search: "leo" }), ["cleo@example.net"]);
  for (const text of ["LOVE", "ada@EX", "100"]) {
    assert.deepEqual(await list({ search: text }), ["ada@example.net"]);
  }
});

onEveryDatabase(
  "updateContact() changes fields, and unsubscribes all addresses",
  async ({ db }) => {
    const { services, admin, member, find, list } = await open(db);
    await addContacts(services, admin, [
      { email: "Ada@example.net", psid: "100", name: "Ada", vip: true, variables: { plan: "pro" } },
    ]);
    const { id } = await find("Ada@example.net");
    const update = (input: Parameters<typeof updateContact>[3], caller = admin) =>
      updateContact(services, caller, id, input);
    const unsubscribed = await update({ unsubscribed: true });
    assert.ok(unsubscribed.unsubscribedAt);
    assert.equal(unsubscribed.suppressed, true);
    assert.deepEqual([unsubscribed.name, unsubscribed.vip], ["Ada", true]);
    assert.deepEqual(await list({ unsubscribed: true }), ["Ada@example.net"]);
    await addSuppressions(services, admin, { channel: "MESSENGER", addresses: ["100"] });
    const changed = await update({ name: null, vip: false, variables: {}, unsubscribed: false });
    assert.deepEqual(
      [changed.name, changed.vip, changed.variables, changed.unsubscribedAt, changed.suppressed],
      [null, false, {}, null, true],
    );
    await assert.rejects(update({ vip: true }, member), ForbiddenError);
    await assert.rejects(updateContact(services, admin, newId(), {}), NotFoundError);
    const { admin: stranger } = await createOrganization(db, "Another");
    await assert.rejects(update({ vip: true }, stranger), NotFoundError);
    const faulty = { name: "a\nb", vip: null, variables: { "1 2": 3 } };
    assert.deepEqual((await issuesOf(() => update(faulty))).sort(), [
      "name HEADER_INJECTION",
      "variables.1 2 MALFORMED",
      "vip MALFORMED",
    ]);
    assert.equal((await find("Ada@example.net")).vip, false);
  },
);
