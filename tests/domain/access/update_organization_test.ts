import assert from "node:assert/strict";
import { type Caller, SYSTEM_ORGANIZATION_ID } from "../../../src/domain/access/access.ts";
import { authenticateKey } from "../../../src/domain/access/authenticate.ts";
import { createAdminKey, listOrganizations } from "../../../src/domain/access/organizations.ts";
import { updateOrganization } from "../../../src/domain/access/update_organization.ts";
import { ForbiddenError, NotFoundError } from "../../../src/domain/errors.ts";
import { createBus } from "../../../src/events/bus.ts";
import { createOrganization } from "../../support/callers.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { issuesOf } from "../../support/issues.ts";

onEveryDatabase("updateOrganization() changes the given fields only", async ({ db }) => {
  const services = { db, bus: createBus() };
  const { id, operator } = await createOrganization(db, "Acme");
  const all = await updateOrganization(services, operator, id, {
    name: " Acme Ltd ",
    from: { address: "news@acme.example", name: "Acme News" },
    replyTo: "help@acme.example",
    adminEmail: "ada@acme.example",
    timezone: "Europe/Berlin",
    minSuggestionConfidence: 0.5,
  });
  assert.deepEqual({ ...all, createdAt: null }, {
    id,
    name: "Acme Ltd",
    createdAt: null,
    fromAddress: "news@acme.example",
    fromName: "Acme News",
    replyTo: "help@acme.example",
    adminEmail: "ada@acme.example",
    timezone: "Europe/Berlin",
    minSuggestionConfidence: 0.5,
  });
  const { fromAddress, fromName, timezone, replyTo, minSuggestionConfidence } =
    await updateOrganization(
      services,
      operator,
      id,
      { from: null, timezone: null, minSuggestionConfidence: null },
    );
  assert.deepEqual([fromAddress, fromName, timezone], [null, null, "UTC"]);
  assert.equal(minSuggestionConfidence, 0.3);
  assert.equal(replyTo, "help@acme.example");
});

onEveryDatabase("updateOrganization() names every fault and changes nothing", async ({ db }) => {
  const services = { db, bus: createBus() };
  const { id, admin, operator } = await createOrganization(db, "Acme");
  const attempt = () =>
    updateOrganization(services, admin, id, {
      name: null,
      from: { address: "news@acme.example\r\nBcc: eve@example.net", name: "a\nb" },
      replyTo: "a@acme.example, b@acme.example",
      adminEmail: "ada",
      timezone: "Mars/Olympus",
      minSuggestionConfidence: 1.1,
    });
  assert.deepEqual(await issuesOf(attempt), [
    "name REQUIRED",
    "from.address HEADER_INJECTION",
    "from.name HEADER_INJECTION",
    "replyTo MALFORMED",
    "adminEmail MALFORMED",
    "timezone MALFORMED",
    "minSuggestionConfidence OUT_OF_RANGE",
  ]);
  const { edges } = await listOrganizations(services, operator, "acme", {});
  assert.deepEqual(edges.map(({ node: { name, fromAddress } }) => [name, fromAddress]), [
    ["Acme", null],
  ]);
});

onEveryDatabase("only the OPERATOR chooses another domain of the sender", async ({ db }) => {
  const mailFrom = { address: "noreply@example.com", name: null };
  const services = { db, bus: createBus(), mailFrom };
  const { id, admin, operator } = await createOrganization(db, "Acme");
  const from = (caller: Caller, address: string) => () =>
    updateOrganization(services, caller, id, { from: { address } });
  const wrong = ["from.address WRONG_DOMAIN"];
  assert.deepEqual(await issuesOf(from(admin, "news@acme.example")), wrong);
  assert.equal((await from(admin, "news@EXAMPLE.com")()).fromAddress, "news@EXAMPLE.com");
  await from(operator, "news@bücher.example")();
  assert.deepEqual(await issuesOf(from(admin, "news@example.com")), wrong);
  assert.deepEqual(await issuesOf(from(admin, "news@shop.bücher.example")), wrong);
  const { fromAddress } = await from(admin, "sales@xn--bcher-kva.example")();
  assert.equal(fromAddress, "sales@xn--bcher-kva.example");
});

onEveryDatabase("only the OPERATOR lists and changes other organizations", async ({ db }) => {
  const services = { db, bus: createBus() };
  const { operator, admin, member } = await createOrganization(db, "Main");
  const { id } = await createOrganization(db, "100% Acme");
  for (const caller of [admin, member]) {
    assert.throws(() => listOrganizations(services, caller, null, {}), ForbiddenError);
    await assert.rejects(createAdminKey(services, caller, id), ForbiddenError);
    await assert.rejects(updateOrganization(services, caller, id, { name: "x" }), NotFoundError);
  }
  const own = updateOrganization(services, member, member.organizationId, { name: "x" });
  await assert.rejects(own, ForbiddenError);

  const found = await listOrganizations(services, operator, "0% a", {});
  assert.deepEqual(found.edges.map(({ node }) => node.name), ["100% Acme"]);
  assert.deepEqual((await listOrganizations(services, operator, "1_0", {})).edges, []);
  const all = await listOrganizations(services, operator, null, {});
  assert.deepEqual(all.edges.map(({ node }) => node.name), ["100% Acme", "Main"]);
  assert.equal((await updateOrganization(services, operator, id, { name: "A" })).name, "A");
  const { apiKey, secret } = await createAdminKey(services, operator, id);
  assert.equal(apiKey.organizationId, id);
  assert.equal((await authenticateKey(services, secret))?.caller.role, "ADMIN");
  const system = createAdminKey(services, operator, SYSTEM_ORGANIZATION_ID);
  await assert.rejects(system, NotFoundError);
});
