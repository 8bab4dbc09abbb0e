import assert from "node:assert/strict";
import type { Connection } from "../../src/db/database.ts";
import { updateProvider } from "../../src/domain/installation/update_provider.ts";
import { readJobs } from "../support/jobs.ts";
import { makeDue } from "../support/mail_worker.ts";
import { people, readBatches } from "../support/messages.ts";
import { onEveryProviders } from "../support/providers.ts";
import { refusals } from "../support/retries.ts";

/** Reason and provider of the wait of the job of the message's only batch. */
async function waitOf(db: Connection, messageId: string) {
  const batches = await readBatches(db, messageId);
  const jobs = await readJobs(db, batches.map(({ jobId }) => jobId));
  return jobs.map(({ status, waitReason, waitProviderId }) => [status, waitReason, waitProviderId]);
}

onEveryProviders("SEND_BATCH waits for PROVIDER_OPEN", () => [{}, {}], async (given) => {
  const { db, services, worker, servers: [first, second], states, send } = given;
  await Promise.all([first?.close(), second?.close()]);
  const { id } = await send({ to: { list: people(10) } });
  const providerIds = (await states()).map((provider) => provider.id);
  for (const seen of ["by its mails", "before it reads its batch"]) {
    await worker.runQueued();
    const [[status, reason, providerId] = []] = await waitOf(db, id);
    assert.deepEqual([status, reason], ["SCHEDULED", "PROVIDER_OPEN"], seen);
    // The one that may be probed first, which depends on the order in which the circuits opened.
    assert.ok(providerIds.some((known) => known === providerId), `${seen}: ${providerId}`);
    await makeDue(services);
    assert.deepEqual(await waitOf(db, id), [["QUEUED", null, null]]);
  }
});

onEveryProviders(
  "SEND_BATCH waits for RATE_LIMIT of a used up limit",
  () => [{}],
  async (given) => {
    const { db, services, organization: { operator }, worker, states, send } = given;
    const [provider] = await states();
    assert.ok(provider);
    await updateProvider(services, operator, provider.id, { perSecondLimit: 0.01 });
    const { id } = await send({ to: { list: people(2) } });
    await worker.runQueued();
    assert.deepEqual(await waitOf(db, id), [["SCHEDULED", "RATE_LIMIT", provider.id]]);
  },
);

onEveryProviders(
  "SEND_BATCH waits for RATE_LIMIT of a provider that throttles",
  () => [{ login: { user: "ada", password: "good", refusal: "454 4.7.0 Too many logins" } }],
  async ({ db, services, organization: { operator }, worker, states, send }) => {
    const [provider] = await states();
    assert.ok(provider);
    await updateProvider(services, operator, provider.id, { user: "ada", password: "other" });
    const { id } = await send({ to: { list: people(2) } });
    await worker.runQueued();
    assert.deepEqual(await waitOf(db, id), [["SCHEDULED", "RATE_LIMIT", provider.id]]);
  },
);

onEveryProviders("SEND_BATCH waits for BACKOFF of a recipient", () => [{}], async (given) => {
  const { db, worker, servers: [server], send } = given;
  assert.ok(server);
  refusals(server).refuse([1], "450 4.7.1 Greylisted, come back later");
  const { id } = await send({ to: { list: people(2) } });
  await worker.runQueued();
  assert.deepEqual(await waitOf(db, id), [["SCHEDULED", "BACKOFF", null]]);
});
