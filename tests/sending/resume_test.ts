import assert from "node:assert/strict";
import { updateProvider } from "../../src/domain/installation/update_provider.ts";
import { pause, pauseMessage } from "../../src/domain/messages/pause.ts";
import { cancelMessage } from "../../src/domain/messages/cancel.ts";
import { getMessage } from "../../src/domain/messages/find.ts";
import { resumeMessage } from "../../src/domain/messages/resume.ts";
import { readStates } from "../../src/domain/providers/find.ts";
import { makeDue } from "../support/mail_worker.ts";
import { people, readStatus } from "../support/messages.ts";
import { onEveryProviders } from "../support/providers.ts";
import { holdReplies } from "../support/reply_hold.ts";
import { interceptStatement } from "../support/worker.ts";

const LOGIN = { user: "ada", password: "good" };
const CHANGED = { ...LOGIN, password: "changed" };

onEveryProviders(
  "SEND_BATCH does not pause a resumed message while one of its mails probes the provider",
  () => [{ login: LOGIN }],
  async ({ db, services, organization: { admin }, worker, servers, startWorker, send }) => {
    const [smtp] = servers;
    assert.ok(smtp);
    const hold = holdReplies(smtp);
    smtp.replies.login = CHANGED;
    const { id } = await send({ to: { list: people(250) } });
    await worker.runQueued();
    assert.equal(await readStatus(db, id), "PAUSED");

    smtp.replies.login = LOGIN;
    await resumeMessage(services, admin, id);
    worker.start(await worker.claim(1));
    await hold.untilWaiting(1);
    // The circuit is HALF_OPEN for the other batches.
    const other = await startWorker();
    await other.runQueued();
    const status = await readStatus(db, id);
    hold.disable();
    await worker.untilIdle();
    assert.equal(status, "SENDING");
    await makeDue(services);
    await worker.runQueued();
    assert.equal(await readStatus(db, id), "SENT");
  },
);

onEveryProviders(
  "updateProvider() resumes no message that a user has paused meanwhile",
  () => [{}],
  async ({ db, services, organization: { admin, operator }, states, send }) => {
    const [provider] = await states();
    assert.ok(provider);
    const { id: providerId, epoch } = provider;
    const message = await send({ to: { list: people(3) } });
    const providers = [{ id: providerId, epoch }];
    await pause(services, message, { reason: "535 No", code: "535", providers });
    // The user pauses the message after it was found and before it is resumed.
    const meanwhile = interceptStatement(services, "messages.pausedFor", async (run) => {
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
  "pause() ignores a provider error from before the message was resumed",
  () => [{ login: LOGIN }],
  async ({ db, services, organization: { admin }, worker, servers, send }) => {
    const [smtp] = servers;
    assert.ok(smtp);
    smtp.replies.login = CHANGED;
    const message = await send({ to: { list: people(3) } });
    await worker.runQueued();
    const { pauseProviderIds: ids } = await getMessage(services, admin, message.id);
    const [open] = await readStates(db, ids ?? []);
    assert.equal(open?.state, "OPEN");

    smtp.replies.login = LOGIN;
    await resumeMessage(services, admin, message.id);
    // The error of another batch, whose last mail ends only now.
    const cause = { reason: "535 No", code: "535", providers: [open] };
    assert.equal(await pause(services, message, cause), undefined);
    await worker.runQueued();
    await makeDue(services);
    await worker.runQueued();
    assert.equal(await readStatus(db, message.id), "SENT");
  },
);
