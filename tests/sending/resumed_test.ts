import assert from "node:assert/strict";
import { updateProvider } from "../../src/domain/installation/operations.ts";
import { pause } from "../../src/domain/messages/flow.ts";
import {
  cancelMessage,
  getMessage,
  pauseMessage,
  resumeMessage,
} from "../../src/domain/messages/operations.ts";
import { readStates } from "../../src/domain/providers/queries.ts";
import { type Gate, makeGate } from "../support/gate.ts";
import { comeDue } from "../support/mail_worker.ts";
import { people, readStatus } from "../support/messages.ts";
import { onEveryProviders } from "../support/providers.ts";
import { interfere } from "../support/worker.ts";

let gate: Gate;
let login: { user: string; password: string };

onEveryProviders(
  "a resumed message is not paused again while one of its mails tries the provider",
  () => {
    gate = makeGate();
    login = { user: "ada", password: "good" };
    return [{ login, beforeReply: (address) => gate.pass(address) }];
  },
  async ({ db, services, organization: { admin }, worker, startWorker, send }) => {
    login.password = "changed";
    const { id } = await send({ to: { list: people(250) } });
    await worker.runQueued();
    assert.equal(await readStatus(db, id), "PAUSED");

    login.password = "good";
    await resumeMessage(services, admin, id);
    worker.start(await worker.claim(1));
    await gate.filled(1);
    // The other batches find the provider being tried.
    const other = await startWorker();
    await other.runQueued();
    const status = await readStatus(db, id);
    gate.open();
    await worker.rest();
    assert.equal(status, "SENDING");
    await comeDue(services);
    await worker.runQueued();
    assert.equal(await readStatus(db, id), "SENT");
  },
);

onEveryProviders(
  "what was paused by a person meanwhile does not go on with its provider",
  () => [{}],
  async ({ db, services, organization: { admin, operator }, states, send }) => {
    const [provider] = await states();
    assert.ok(provider);
    const { id: providerId, epoch } = provider;
    const message = await send({ to: { list: people(3) } });
    const providers = [{ id: providerId, epoch }];
    await pause(services, message, { reason: "535 No", code: "535", providers });
    // Between the moment it is found and the one it is to go on.
    const meanwhile = interfere(services, "messages.pausedFor", async (run) => {
      const found = await run();
      await pauseMessage(services, admin, message.id);
      return found;
    });
    const { resumed } = await updateProvider(meanwhile, operator, providerId, { enabled: true });
    assert.deepEqual(resumed, []);
    assert.equal(await readStatus(db, message.id), "PAUSED");
    await cancelMessage(services, admin, message.id);
  },
);

onEveryProviders(
  "what a provider said before a message was resumed does not pause it again",
  () => {
    login = { user: "ada", password: "good" };
    return [{ login }];
  },
  async ({ db, services, organization: { admin }, worker, send }) => {
    login.password = "changed";
    const message = await send({ to: { list: people(3) } });
    await worker.runQueued();
    const { pauseProviderIds: ids } = await getMessage(services, admin, message.id);
    const [open] = await readStates(db, ids ?? []);
    assert.equal(open?.state, "OPEN");

    login.password = "good";
    await resumeMessage(services, admin, message.id);
    // A batch that has met it as well, and whose last mail ends only now.
    const cause = { reason: "535 No", code: "535", providers: [open] };
    assert.equal(await pause(services, message, cause), undefined);
    await worker.runQueued();
    await comeDue(services);
    await worker.runQueued();
    assert.equal(await readStatus(db, message.id), "SENT");
  },
);
