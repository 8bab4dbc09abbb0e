import assert from "node:assert/strict";
import { InvalidInputError } from "../../../src/domain/errors.ts";
import { type MessagePreview, previewMessage } from "../../../src/domain/messages/preview.ts";
import { listMessages } from "../../../src/domain/messages/list.ts";
import { registerProviders } from "../../../src/domain/providers/register.ts";
import type { Services } from "../../../src/domain/services.ts";
import { addSuppressions } from "../../../src/domain/suppressions/edit.ts";
import { createBus } from "../../../src/events/bus.ts";
import { createOrganization, type TestOrganization } from "../../support/callers.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { importPeople, messageInput, people } from "../../support/messages.ts";

function onEveryPreview(
  name: string,
  test: (services: Services, organization: TestOrganization) => Promise<void>,
): void {
  onEveryDatabase(name, async ({ db }) => {
    const bus = createBus();
    const providers = await registerProviders({ db }, [
      { channel: "MESSENGER", name: "messenger", perSecond: null },
      { channel: "EMAIL", name: "smtp.one:25", perSecond: 2 },
      { channel: "EMAIL", name: "smtp.two:25", perSecond: null },
    ]);
    const settings = {
      version: "",
      providerIds: providers.map(({ id }) => id),
      mailCaptured: false,
      variables: [],
    };
    await test({ db, bus, settings }, await createOrganization(db));
    await bus.close();
  });
}

const EXPECTED: MessagePreview = {
  recipientCount: 3,
  duplicateCount: 0,
  suppressedCount: 1,
  withoutAddressCount: null,
  providers: ["smtp.one:25", "smtp.two:25"],
  captured: false,
  minDurationMs: 1_000,
};

onEveryPreview(
  "previewMessage() counts duplicates and suppressed recipients, and stores nothing",
  async (services, { admin }) => {
    await addSuppressions(services, admin, {
      channel: "EMAIL",
      addresses: ["person2@example.net", "other@example.net"],
    });
    const list = [...people(3), { address: "PERSON1@example.net", name: "Again" }];
    assert.deepEqual(
      await previewMessage(services, admin, messageInput({ to: { list } })),
      { ...EXPECTED, duplicateCount: 1 },
    );
    const { edges } = await listMessages(services, admin, {}, "CREATED_DESC", {});
    assert.deepEqual(edges, []);
  },
);

onEveryPreview(
  "previewMessage() counts who unsubscribed for unsubscribable messages to an audience only",
  async (services, { admin }) => {
    await addSuppressions(services, admin, {
      channel: "EMAIL",
      addresses: ["Person3@example.net"],
      reason: "UNSUBSCRIBED",
    });
    const audience = await importPeople(services, admin, 3);
    const input = messageInput({ to: { audienceId: audience.id } });
    assert.deepEqual(
      await previewMessage(services, admin, { ...input, unsubscribable: true }),
      EXPECTED,
    );
    assert.deepEqual(
      await previewMessage(services, admin, input),
      { ...EXPECTED, suppressedCount: 0, minDurationMs: 1_500 },
    );
  },
);

onEveryPreview(
  "previewMessage() refuses what sendMessage() refuses",
  async (services, { admin }) => {
    await assert.rejects(
      previewMessage(services, admin, messageInput({ title: "", to: { list: [] } })),
      (error) => error instanceof InvalidInputError && error.issues.length === 2,
    );
  },
);
