import assert from "node:assert/strict";
import { SYSTEM_ORGANIZATION_ID } from "../../src/domain/access/access.ts";
import { createApiKey } from "../../src/domain/access/api_keys.ts";
import { authenticateKey } from "../../src/domain/access/authenticate.ts";
import { createOrganization, listOrganizations } from "../../src/domain/access/organizations.ts";
import { deleteOrganization } from "../../src/domain/erasure/delete_organization.ts";
import { ConflictError, ForbiddenError, NotFoundError } from "../../src/domain/errors.ts";
import { getJob } from "../../src/domain/jobs/find.ts";
import { pauseMessage } from "../../src/domain/messages/pause.ts";
import { sendMessage } from "../../src/domain/messages/send.ts";
import { addSuppressions } from "../../src/domain/suppressions/edit.ts";
import { createOrganization as createTestOrganization } from "../support/callers.ts";
import { issuesOf } from "../support/issues.ts";
import { onEveryMail } from "../support/mail.ts";
import { makeDue } from "../support/mail_worker.ts";
import { importPeople, messageInput, people, readStatus } from "../support/messages.ts";
import { countOrganizationRows } from "../support/organization_rows.ts";
import { holdReplies } from "../support/reply_hold.ts";

onEveryMail("deleteOrganization() requires the OPERATOR and the name", async (mail) => {
  const { services, organization: { operator, admin } } = mail;
  const { id } = await createTestOrganization(mail.db, "Acme");
  const attempt = (name: string) => deleteOrganization(services, operator, id, name);
  assert.deepEqual(await issuesOf(() => attempt("acme")), ["name MISMATCH"]);
  await assert.rejects(deleteOrganization(services, admin, id, "Acme"), ForbiddenError);
  const own = deleteOrganization(services, operator, operator.organizationId, "Test organization");
  await assert.rejects(own, ConflictError);
  const system = deleteOrganization(services, operator, SYSTEM_ORGANIZATION_ID, "System");
  await assert.rejects(system, NotFoundError);
  await attempt(" Acme ");
  await assert.rejects(attempt("Acme"), NotFoundError);
});

onEveryMail("DELETE_ORGANIZATION deletes everything of one organization", async (mail) => {
  const { db, services, worker, smtp, organization: { operator, id: main }, send } = mail;
  const { organization, secret } = await createOrganization(services, operator, { name: "Acme" });
  const admin = {
    ...operator,
    organizationId: organization.id,
    role: "ADMIN",
    userId: "ada",
  } as const;
  await createApiKey(services, admin, { name: "Max", role: "MEMBER" });
  await addSuppressions(services, admin, { channel: "EMAIL", addresses: ["eve@example.net"] });
  const audience = await importPeople(services, admin, 150);
  const sendOwn = (overrides: Parameters<typeof messageInput>[0]) =>
    sendMessage(services, admin, messageInput(overrides));
  await sendOwn({ to: { audienceId: audience.id } });
  await worker.runQueued();
  const later = { sendAt: new Date(Date.now() + 3_600_000) };
  const waiting = [await sendOwn(later), await sendOwn(later)].map(({ message: { id } }) => id);
  await pauseMessage(services, admin, waiting[0] ?? "");
  const hold = holdReplies(smtp);
  await sendOwn({ to: { list: people(3) } });
  worker.start(await worker.claim());
  await hold.untilWaiting(3);

  const job = await deleteOrganization(services, operator, organization.id, "Acme");
  assert.equal(await authenticateKey(services, secret), null);
  assert.deepEqual(
    await Promise.all(waiting.map((id) => readStatus(db, id))),
    ["CANCELLED", "CANCELLED"],
  );
  const { edges } = await listOrganizations(services, operator, null, {});
  assert.deepEqual(edges.map(({ node }) => node.id), [main]);

  // Waits for the deliveries in flight, whose results are recorded.
  worker.start(await worker.claim());
  hold.disable();
  await worker.untilIdle();
  // Their deliveries are about to be deleted, which the ledger would report.
  smtp.received.splice(0);
  const kept = await send({});
  // Twice, because the first call also makes the scheduled message due, whose job must end then.
  for (let n = 0; n < 2; n++) {
    await makeDue(services);
    await worker.runQueued();
  }
  const { status, progress } = await getJob(services, operator, job.id);
  assert.equal(status, "COMPLETED");
  assert.ok(progress?.total);
  assert.equal(progress.processed, progress.total);
  assert.deepEqual(await countOrganizationRows(db, organization.id), {});
  assert.equal(await readStatus(db, kept.id), "SENT");
});
