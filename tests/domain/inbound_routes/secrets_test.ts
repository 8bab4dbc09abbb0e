import assert from "node:assert/strict";
import { type Database, statement } from "../../../src/db/database.ts";
import { beginDeletion } from "../../../src/domain/access/delete_organization.ts";
import { ForbiddenError, InvalidInputError } from "../../../src/domain/errors.ts";
import { eraseUserFromInboundSecrets } from "../../../src/domain/inbound_routes/erase.ts";
import { listInboundRoutes } from "../../../src/domain/inbound_routes/find.ts";
import { deleteInboundSecret, saveInboundSecret } from "../../../src/domain/inbound_routes/save.ts";
import { createInboundSecrets } from "../../../src/domain/inbound_routes/secrets.ts";
import { newId } from "../../../src/domain/id.ts";
import { VaultError } from "../../../src/domain/vault.ts";
import { createBus } from "../../../src/events/bus.ts";
import { createOrganization } from "../../support/callers.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { until } from "../../support/until.ts";
import { withVault } from "../../support/webhooks.ts";

const NO_ENVIRONMENT = { EMAIL: null, MAILGUN: null, SHOPIFY: null };
const FIRST = "first-secret-of-a-shop";
const SECOND = "second-secret-of-a-shop";
const THIRD = "third-secret-of-a-shop";

async function setUp(db: Database) {
  const reads: string[] = [];
  const counting: Database = {
    ...db,
    run(statement, ...params) {
      reads.push(statement.label);
      return db.run(statement, ...params);
    },
  };
  const services = withVault({ db: counting, bus: createBus() });
  const { admin, member, id: organizationId } = await createOrganization(db);
  const findSecrets = createInboundSecrets(services, NO_ENVIRONMENT);
  const secretsOf = async () => (await findSecrets("SHOPIFY", organizationId))?.secrets;
  return { services, admin, member, organizationId, findSecrets, secretsOf, reads };
}

const PASS_A_DAY = statement<[]>(
  "test.passADay",
  "update inbound_secrets set previous_secret_until = previous_secret_until - interval '1 day'",
);

onEveryDatabase("a replaced secret is accepted for a day beside the new one", async ({ db }) => {
  const { services, admin, organizationId, secretsOf } = await setUp(db);
  const save = (secret: string) => saveInboundSecret(services, admin, { kind: "SHOPIFY", secret });
  // The bus delivers a change that follows another within 5 ms at the end of this interval.
  const untilAccepted = (...expected: readonly string[]) =>
    until(
      `accepted: ${expected}`,
      async () => String(await secretsOf() ?? []) === String(expected),
    );
  await save(FIRST);
  await untilAccepted(FIRST);
  await save(SECOND);
  await untilAccepted(SECOND, FIRST);
  const { route } = await save(THIRD);
  assert.ok(route.previousSecretUntil);
  await untilAccepted(THIRD, SECOND);
  await db.run(PASS_A_DAY);
  services.bus.publish("inboundRoutes", organizationId, null);
  await untilAccepted(THIRD);
  const [, , shopify] = await listInboundRoutes(services, admin);
  assert.deepEqual(shopify, { ...route, previousSecretUntil: null });
  await deleteInboundSecret(services, admin, "SHOPIFY");
  await untilAccepted();
});

onEveryDatabase("saveInboundSecret() generates secrets for EMAIL only", async ({ db }) => {
  const { services, admin, organizationId, findSecrets } = await setUp(db);
  const { generated, route } = await saveInboundSecret(services, admin, { kind: "EMAIL" });
  assert.match(generated ?? "", /^[\w-]{43}$/);
  assert.equal(route.secretCreatedBy, admin.userId);
  assert.deepEqual((await findSecrets("EMAIL", organizationId))?.secrets, [generated]);
  const chosen = await saveInboundSecret(services, admin, { kind: "EMAIL", secret: ` ${FIRST} ` });
  assert.equal(chosen.generated, null);
  for (const kind of ["MAILGUN", "SHOPIFY"] as const) {
    await assert.rejects(saveInboundSecret(services, admin, { kind }), /secret: is missing/);
  }
  for (const secret of ["", "too short", "x".repeat(201), "with spaces in between"]) {
    const saving = saveInboundSecret(services, admin, { kind: "EMAIL", secret });
    await assert.rejects(saving, InvalidInputError, secret);
  }
});

onEveryDatabase("secrets are stored encrypted, for their route only", async ({ db }) => {
  const { services, admin, organizationId, findSecrets } = await setUp(db);
  await saveInboundSecret(services, admin, { kind: "SHOPIFY", secret: FIRST });
  await saveInboundSecret(services, admin, { kind: "EMAIL", secret: SECOND });
  const rows = await db.run(
    statement<[], { secret: string }>("test.secrets", "select secret from inbound_secrets"),
  );
  assert.doesNotMatch(JSON.stringify(rows), /first|second/);
  await db.run(statement<[]>(
    "test.moveSecret",
    `update inbound_secrets set secret = (select secret from inbound_secrets where kind = 'EMAIL')
     where kind = 'SHOPIFY'`,
  ));
  await assert.rejects(findSecrets("SHOPIFY", organizationId), VaultError);
});

onEveryDatabase("a route with a secret is read once for many requests", async ({ db }) => {
  const { services, admin, organizationId, secretsOf, findSecrets, reads } = await setUp(db);
  await saveInboundSecret(services, admin, { kind: "SHOPIFY", secret: FIRST });
  reads.length = 0;
  await Promise.all(Array.from({ length: 100 }, secretsOf));
  assert.deepEqual(reads, ["inboundRoutes.secrets"]);
  assert.equal(await findSecrets("EMAIL", organizationId), null);
  assert.equal(await findSecrets("SHOPIFY", newId()), null);
});

onEveryDatabase("a route of a deleted organization has no secret", async ({ db }) => {
  const { services, admin, organizationId, secretsOf } = await setUp(db);
  await saveInboundSecret(services, admin, { kind: "SHOPIFY", secret: FIRST });
  assert.deepEqual(await secretsOf(), [FIRST]);
  await beginDeletion(db, organizationId);
  services.bus.publish("access", organizationId, null);
  assert.equal(await secretsOf(), undefined);
});

onEveryDatabase("a route without an organization serves the first one", async ({ db }) => {
  const { services, admin, organizationId } = await setUp(db);
  await createOrganization(db);
  await saveInboundSecret(services, admin, { kind: "EMAIL", secret: SECOND });
  const findSecrets = createInboundSecrets(services, { ...NO_ENVIRONMENT, EMAIL: FIRST });
  assert.deepEqual(await findSecrets("EMAIL", null), { organizationId, secrets: [FIRST] });
  assert.equal(await findSecrets("MAILGUN", null), null);
});

onEveryDatabase("inbound routes are for ADMINs of their organization", async ({ db }) => {
  const { services, admin, member, organizationId, findSecrets } = await setUp(db);
  const { admin: stranger } = await createOrganization(db);
  await saveInboundSecret(services, admin, { kind: "MAILGUN", secret: FIRST });
  await deleteInboundSecret(services, stranger, "MAILGUN");
  await saveInboundSecret(services, stranger, { kind: "MAILGUN", secret: SECOND });
  assert.deepEqual((await findSecrets("MAILGUN", organizationId))?.secrets, [FIRST]);
  await assert.rejects(listInboundRoutes(services, member), ForbiddenError);
  await assert.rejects(saveInboundSecret(services, member, { kind: "EMAIL" }), ForbiddenError);
  await assert.rejects(deleteInboundSecret(services, member, "MAILGUN"), ForbiddenError);
});

onEveryDatabase("eraseUser removes a user from the secrets that it saved", async ({ db }) => {
  const { services, admin, organizationId } = await setUp(db);
  await saveInboundSecret(services, admin, { kind: "EMAIL" });
  const user = { organizationId, userId: "ada" };
  assert.equal(await eraseUserFromInboundSecrets(db, user), 1);
  assert.equal(await eraseUserFromInboundSecrets(db, user), 0);
  const [email] = await listInboundRoutes(services, admin);
  assert.equal(email?.secretCreatedBy, null);
});
