import assert from "node:assert/strict";
import { statement } from "../../src/db/database.ts";
import { cancelMessage } from "../../src/domain/messages/cancel.ts";
import { pauseMessage } from "../../src/domain/messages/pause.ts";
import { publishProviders } from "../../src/domain/providers/circuit.ts";
import { makeDue } from "../support/mail_worker.ts";
import { people, readStatus } from "../support/messages.ts";
import { onEveryProviders } from "../support/providers.ts";
import { until } from "../support/until.ts";

const LOGIN = { user: "ada", password: "good" };
const TRY_NOW = statement<[]>(
  "test.tryNow",
  "update providers set retry_at = now() where state <> 'CLOSED'",
);

onEveryProviders(
  "a mail that closes the circuit resumes the messages that the provider has paused",
  () => [{ login: LOGIN }],
  async ({ db, services, organization: { admin }, worker, servers: [smtp], states, send }) => {
    assert.ok(smtp);
    smtp.replies.login = { ...LOGIN, password: "changed" };
    const { id } = await send({ to: { list: people(30) } });
    const byPerson = await send({ to: { list: people(3) } });
    await worker.runQueued();
    assert.equal(await readStatus(db, id), "PAUSED");
    await pauseMessage(services, admin, byPerson.id);

    // The login is accepted again. Nothing probes the provider until the next message.
    smtp.replies.login = LOGIN;
    const [provider] = await states();
    await db.run(TRY_NOW);
    const probe = await send({ to: { list: people(1) } });
    await until("both messages are SENT", async () => {
      publishProviders(services, [provider?.id ?? ""]);
      await worker.runQueued();
      await makeDue(services);
      return await readStatus(db, id) === "SENT" && await readStatus(db, probe.id) === "SENT";
    });
    assert.equal(await readStatus(db, byPerson.id), "PAUSED");
    await cancelMessage(services, admin, byPerson.id);
  },
);
