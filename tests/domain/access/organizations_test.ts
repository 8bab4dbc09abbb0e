import assert from "node:assert/strict";
import { authenticateKey } from "../../../src/domain/access/authenticate.ts";
import { createOrganization } from "../../../src/domain/access/organizations.ts";
import { ForbiddenError } from "../../../src/domain/errors.ts";
import { createBus } from "../../../src/events/bus.ts";
import { createOrganization as createTestOrganization } from "../../support/callers.ts";
import { onPostgres } from "../../support/database.ts";
import { issuesOf } from "../../support/issues.ts";

onPostgres(
  "createOrganization() requires the OPERATOR and returns an ADMIN's key",
  async ({ db }) => {
    const services = { db, bus: createBus() };
    const { operator, admin } = await createTestOrganization(db);
    await assert.rejects(createOrganization(services, admin, { name: "Acme" }), ForbiddenError);
    const { organization, apiKey, secret } = await createOrganization(services, operator, {
      name: "Acme",
    });
    assert.equal(apiKey.organizationId, organization.id);
    assert.equal((await authenticateKey(services, secret))?.caller.role, "ADMIN");
    const unnamed = () => createOrganization(services, operator, { name: "" });
    assert.deepEqual(await issuesOf(unnamed), ["name REQUIRED"]);
  },
);
