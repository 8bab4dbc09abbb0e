import assert from "node:assert/strict";
import { ForbiddenError, InvalidInputError, NotFoundError } from "../../../src/domain/errors.ts";
import { newId, toTypeId } from "../../../src/domain/id.ts";
import type { PageArgs } from "../../../src/domain/page.ts";
import type { Services } from "../../../src/domain/services.ts";
import { addSuppressions, removeSuppressions } from "../../../src/domain/suppressions/edit.ts";
import { listSuppressions, type SuppressionFilter } from "../../../src/domain/suppressions/list.ts";
import { findListed } from "../../../src/domain/suppressions/lookup.ts";
import { suppress } from "../../../src/domain/suppressions/suppress.ts";
import type {
  Suppression,
  SuppressionReason,
} from "../../../src/domain/suppressions/suppression.ts";
import { unsubscribe } from "../../../src/domain/suppressions/unsubscribe.ts";
import { createBus } from "../../../src/events/bus.ts";
import { findSuppressed } from "../../support/batches.ts";
import { createOrganization, type TestOrganization } from "../../support/callers.ts";
import { onEveryDatabase } from "../../support/database.ts";

interface TestSuppressions {
  readonly services: Services;
  readonly organization: TestOrganization;
  add(...addresses: string[]): ReturnType<typeof addSuppressions>;
}

function onEveryList(name: string, test: (given: TestSuppressions) => Promise<void>): void {
  onEveryDatabase(name, async ({ db }) => {
    const services = { db, bus: createBus() };
    const organization = await createOrganization(db);
    const add = (...addresses: string[]) =>
      addSuppressions(services, organization.admin, { channel: "EMAIL", addresses });
    await test({ services, organization, add });
    await services.bus.close();
  });
}

onEveryList(
  "addSuppressions() stores one entry for all spellings of an address",
  async ({ add }) => {
    const [first] = await add("Ada@Example.net");
    const again = await add("ada@example.NET", "max@example.net", " ADA@example.net ");
    assert.deepEqual(again.map(({ address }) => address), ["ada@example.net", "max@example.net"]);
    assert.deepEqual(again[0], first);
    assert.equal(first?.reason, "MANUAL");
  },
);

onEveryList("addSuppressions() names each invalid address and writes nothing", async (given) => {
  const { services, organization, add } = given;
  await assert.rejects(add("ada@example.net", "max", ""), (error) => {
    assert.ok(error instanceof InvalidInputError);
    assert.deepEqual(error.issues.map(({ path, code }) => [path.join("."), code]), [
      ["addresses.1", "MALFORMED"],
      ["addresses.2", "REQUIRED"],
    ]);
    return true;
  });
  await assert.rejects(add(), InvalidInputError);
  const { edges } = await listSuppressions(services, organization.admin, {}, {});
  assert.deepEqual(edges, []);
});

onEveryList(
  "addSuppressions() and removeSuppressions() refuse a MEMBER",
  async ({ services, organization, add }) => {
    const [ada] = await add("ada@example.net");
    const input = { channel: "EMAIL", addresses: ["max@example.net"] } as const;
    const { member } = organization;
    await assert.rejects(addSuppressions(services, member, input), ForbiddenError);
    await assert.rejects(removeSuppressions(services, member, [ada?.id ?? ""]), ForbiddenError);
    assert.equal((await listSuppressions(services, member, {}, {})).edges.length, 1);
  },
);

onEveryList("removeSuppressions() names unknown ids and removes nothing", async (given) => {
  const { services, organization: { admin }, add } = given;
  const [ada] = await add("ada@example.net");
  const stranger = await createOrganization(services.db, "Another");
  const [foreign] = await addSuppressions(services, stranger.admin, {
    channel: "EMAIL",
    addresses: ["max@example.net"],
  });
  const ids = [ada?.id ?? "", foreign?.id ?? ""];
  await assert.rejects(removeSuppressions(services, admin, ids), (error) => {
    assert.ok(error instanceof NotFoundError);
    assert.deepEqual(error.ids, [toTypeId("suppression", foreign?.id ?? "")]);
    return true;
  });
  assert.deepEqual(await removeSuppressions(services, admin, [ids[0] ?? ""]), [ids[0]]);
  assert.equal((await listSuppressions(services, admin, {}, {})).edges.length, 0);
});

onEveryList("listSuppressions() filters, searches and pages, newest first", async (given) => {
  const { services, organization: { admin }, add } = given;
  const added: Suppression[] = [];
  for (const name of ["ada", "max", "cleo"]) added.push(...await add(`${name}@example.net`));
  // By id, because the ids of one millisecond are in no order of time.
  const newest = added.toSorted((a, b) => a.id < b.id ? 1 : -1).map(({ address }) => address);
  const list = (filter: SuppressionFilter, page: PageArgs) =>
    listSuppressions(services, admin, filter, page);
  const first = await list({}, { first: 2 });
  assert.deepEqual(addresses(first), newest.slice(0, 2));
  const rest = await list({}, { first: 2, after: first.pageInfo.endCursor });
  assert.deepEqual(addresses(rest), newest.slice(2));
  assert.equal(await rest.totalCount(), 3);
  assert.deepEqual(addresses(await list({ search: "LEO@" }, {})), ["cleo@example.net"]);
  assert.deepEqual(addresses(await list({ reasons: ["BOUNCED"] }, {})), []);
  assert.deepEqual(addresses(await list({ channels: ["MESSENGER"] }, {})), []);
});

onEveryList(
  "findSuppressed() returns unsubscribed addresses for unsubscribable messages only",
  async (given) => {
    const { services, organization, add } = given;
    const channel = "EMAIL";
    const of = { organizationId: organization.id, channel } as const;
    await add("ada@example.net");
    await unsubscribe(services, { ...of, address: "max@example.net", deliveryId: newId() });
    const all = ["Ada@example.net", "Max@example.net", "cleo@example.net"];
    const suppressed = async (unsubscribable: boolean) =>
      Object.fromEntries(await findSuppressed(services, { ...of, unsubscribable }, all));
    assert.deepEqual(await suppressed(false), { "Ada@example.net": "MANUAL" });
    assert.deepEqual(await suppressed(true), {
      "Ada@example.net": "MANUAL",
      "Max@example.net": "UNSUBSCRIBED",
    });
    assert.deepEqual([...await findListed(services, organization.member, all)].sort(), [
      "Ada@example.net",
      "Max@example.net",
    ]);
  },
);

onEveryList(
  "removeSuppressions() leaves an address suppressed for its other reason",
  async (given) => {
    const { services, organization: { id, admin }, add } = given;
    const [manual] = await add("ada@example.net");
    const of = { organizationId: id, channel: "EMAIL" } as const;
    await unsubscribe(services, { ...of, address: "ada@example.net", deliveryId: newId() });
    await removeSuppressions(services, admin, [manual?.id ?? ""]);
    const suppressed = await findSuppressed(services, { ...of, unsubscribable: true }, [
      "ada@example.net",
    ]);
    assert.deepEqual([...suppressed], [["ada@example.net", "UNSUBSCRIBED"]]);
  },
);

onEveryList(
  "findSuppressed() returns the wish of the recipient before faults of the address",
  async ({ services, organization }) => {
    const of = { organizationId: organization.id, channel: "EMAIL" } as const;
    const address = "ada@example.net";
    const reasonOf = async (unsubscribable: boolean) =>
      (await findSuppressed(services, { ...of, unsubscribable }, [address])).get(address);
    const found: (SuppressionReason | undefined)[][] = [];
    for (const reason of ["MANUAL", "REFUSED", "BOUNCED", "UNSUBSCRIBED", "COMPLAINED"] as const) {
      await suppress(services.db, of, reason, [{ address, deliveryId: null }]);
      found.push([await reasonOf(true), await reasonOf(false)]);
    }
    assert.deepEqual(found, [
      ["MANUAL", "MANUAL"],
      ["REFUSED", "REFUSED"],
      ["BOUNCED", "BOUNCED"],
      ["UNSUBSCRIBED", "BOUNCED"],
      ["COMPLAINED", "COMPLAINED"],
    ]);
  },
);

function addresses({ edges }: Awaited<ReturnType<typeof listSuppressions>>): string[] {
  return edges.map(({ node }) => node.address);
}
