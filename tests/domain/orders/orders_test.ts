import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { tidyContact } from "../../../src/domain/contacts/contact.ts";
import { upsertContacts } from "../../../src/domain/contacts/upsert.ts";
import { ForbiddenError, InvalidInputError } from "../../../src/domain/errors.ts";
import { newId, toTypeId } from "../../../src/domain/id.ts";
import { eraseOrders } from "../../../src/domain/orders/erase.ts";
import { listOrders, ordersById, ordersOf } from "../../../src/domain/orders/find.ts";
import { checkOrder } from "../../../src/domain/orders/input.ts";
import { storeOrder, upsertOrder } from "../../../src/domain/orders/upsert.ts";
import { search } from "../../../src/domain/search/search.ts";
import { readTimeline } from "../../../src/domain/timeline/timeline.ts";
import { createOrganization } from "../../support/callers.ts";
import { contactAt } from "../../support/contacts.ts";
import { orderInput } from "../../support/orders.ts";
import { onEveryQueue } from "../../support/queue.ts";

const MARCH = new Date("2026-03-01T10:00:00Z");
const APRIL = new Date("2026-04-01T10:00:00Z");

onEveryQueue("upsertOrder() is idempotent by the number, and replaces fields", async (queue) => {
  const { services, organization: { admin, id: organizationId } } = queue;
  const first = await upsertOrder(services, admin, orderInput());
  const again = await upsertOrder(services, admin, orderInput());
  assert.equal(first.created, true);
  assert.equal(again.created, false);
  assert.deepEqual({ ...again.order, updatedAt: null }, { ...first.order, updatedAt: null });
  const { order } = await upsertOrder(
    services,
    admin,
    orderInput({
      contactEmail: " Max@EXAMPLE.com ",
      status: "paid, fulfilled",
      total: { amount: "999999999999.000001", currency: "vnd" },
      createdAt: null,
    }),
  );
  assert.deepEqual({ ...order, updatedAt: null }, {
    id: first.order.id,
    organizationId,
    contactEmail: "max@example.com",
    number: "#1001",
    status: "paid, fulfilled",
    totalMicros: "999999999999000001",
    currency: "VND",
    placedAt: MARCH,
    updatedAt: null,
  });
  assert.deepEqual(await ordersOf(services, organizationId, "ada@example.com", 10), []);
});

onEveryQueue("upsertOrder() names every fault, and writes nothing", async (queue) => {
  const { services, organization: { admin, id: organizationId } } = queue;
  const bad = orderInput({
    number: " ",
    contactEmail: "nobody",
    status: "two\nlines",
    total: { amount: "-1", currency: "euro" },
    createdAt: new Date(Date.now() + 2 * 24 * 60 * 60_000),
  });
  await assert.rejects(upsertOrder(services, admin, bad), (error) => {
    assert.ok(error instanceof InvalidInputError);
    assert.deepEqual(error.issues.map(({ path, code }) => `${path.join(".")} ${code}`).sort(), [
      "contactEmail MALFORMED",
      "createdAt OUT_OF_RANGE",
      "number REQUIRED",
      "status MALFORMED",
      "total.amount MALFORMED",
      "total.currency MALFORMED",
    ]);
    return true;
  });
  await assert.rejects(
    upsertOrder(
      services,
      admin,
      orderInput({ total: { amount: "1000000000000", currency: "EUR" } }),
    ),
    /total.amount: must be a decimal number from 0 to 999999999999/,
  );
  assert.deepEqual(await ordersOf(services, organizationId, "ada@example.com", 10), []);
});

onEveryQueue("orders are written by ADMINs of their organization", async (queue) => {
  const { services, db, organization: { admin, member } } = queue;
  const { admin: stranger } = await createOrganization(db);
  const { order } = await upsertOrder(services, admin, orderInput());
  const other = await upsertOrder(services, stranger, orderInput({ status: "another" }));
  assert.equal(other.created, true);
  await assert.rejects(upsertOrder(services, member, orderInput()), ForbiddenError);
  assert.equal((await ordersById(services, member, [order.id]))[0]?.status, "paid");
  assert.deepEqual(await ordersById(services, stranger, [order.id]), []);
  const typeId = toTypeId("order", order.id);
  const [hit] = await search(services, member, typeId, 10);
  assert.deepEqual([hit?.title, hit?.detail], ["#1001", "paid"]);
  assert.deepEqual(await search(services, stranger, typeId, 10), []);
});

onEveryQueue("storeOrder() ignores a state before the stored one", async (queue) => {
  const { db, services, organization: { admin, id } } = queue;
  const store = (status: string, at: string) =>
    storeOrder(db, id, checkOrder(orderInput({ status })), new Date(at));
  assert.equal((await store("paid", "2026-03-02T10:00:00Z"))?.created, true);
  assert.equal(await store("pending", "2026-03-02T09:59:59Z"), null);
  assert.equal((await store("paid", "2026-03-02T10:00:00Z"))?.created, false);
  assert.equal((await store("fulfilled", "2040-01-01T00:00:00Z"))?.order.status, "fulfilled");
  // A person's correction counts, whatever the clock of the shop.
  const { order } = await upsertOrder(services, admin, orderInput({ status: "corrected" }));
  assert.equal(order.status, "corrected");
  assert.equal(await store("paid", "2026-03-02T10:00:00Z"), null);
});

onEveryQueue("orders of a customer are listed newest first, in pages", async (queue) => {
  const { services, organization: { admin, id } } = queue;
  for (let n = 1; n <= 5; n++) {
    const createdAt = new Date(MARCH.getTime() + Math.floor(n / 2) * 1_000);
    await upsertOrder(services, admin, orderInput({ number: `${n}`, createdAt }));
  }
  const numbersOf = (orders: readonly { readonly number: string }[]) =>
    orders.map(({ number }) => number);
  const newest = numbersOf(await ordersOf(services, id, "ADA@example.com", 10));
  assert.deepEqual(newest, ["5", "4", "3", "2", "1"]);
  assert.deepEqual(numbersOf(await ordersOf(services, id, "ada@example.com", 2)), ["5", "4"]);
  const paged: string[] = [];
  for (let after: string | null = null, more = true; more;) {
    const { edges, pageInfo } = await listOrders(services, id, "ada@example.com", {
      first: 2,
      after,
    });
    paged.push(...numbersOf(edges.map(({ node }) => node)));
    ({ endCursor: after, hasNextPage: more } = pageInfo);
  }
  assert.deepEqual(paged, newest);
});

onEveryQueue("orders are in the timeline of the contact, and erased with it", async (queue) => {
  const { db, services, organization: { admin, id } } = queue;
  await upsertContacts(db, id, [tidyContact({ email: "Ada@example.com" })], false);
  const contact = await contactAt(services, admin, "Ada@example.com");
  await storeOrder(db, id, checkOrder(orderInput()), APRIL);
  await upsertOrder(
    services,
    admin,
    orderInput({ number: "#1002", contactEmail: "max@example.com" }),
  );
  const { edges } = await readTimeline(services, admin, contact, {});
  assert.deepEqual(edges.map(({ node: { at, noun, text } }) => [at, noun, text]).slice(1), [
    [APRIL, "order", "Order #1001: paid"],
    [MARCH, "order", "Placed order #1001 for 49.90 EUR"],
  ]);
  const person = {
    organizationId: id,
    contactId: newId(),
    addresses: ["ada@example.com"],
  };
  assert.equal(await eraseOrders(db, person, 10), 1);
  assert.equal(await eraseOrders(db, person, 10), 0);
  const left = statement<[], { number: string }>("test.orders", "select number from orders");
  assert.deepEqual(await db.run(left), [{ number: "#1002" }]);
});
