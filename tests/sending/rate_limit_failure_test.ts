import assert from "node:assert/strict";
import { DatabaseConnectionError } from "../../src/db/sqlstate.ts";
import { FailoverChannel } from "../../src/sending/failover.ts";
import { registerConfigured } from "../../src/sending/configured_provider.ts";
import { LiveProvider } from "../../src/sending/live_provider.ts";
import { people, readBatches, readDeliveries, readStatus, tally } from "../support/messages.ts";
import { makeDue, startMailWorker } from "../support/mail_worker.ts";
import { MAIL } from "../support/outgoing_mail.ts";
import { onEveryProviders, smtpProvider } from "../support/providers.ts";
import { interceptStatement } from "../support/worker.ts";

onEveryProviders(
  "send() reports a database failure while it reserves a slot",
  () => [{}],
  async ({ db, services, servers: [server], send }) => {
    const configured = [{ ...smtpProvider(server?.url ?? ""), perSecond: 1_000 }];
    let failing = true;
    const unreachable = interceptStatement(services, "providers.reserve", async (run) => {
      if (failing) throw new DatabaseConnectionError(new Error("Connection terminated"));
      return await run();
    });
    const [registered] = await registerConfigured(services, configured);
    assert.ok(registered);
    const provider = await LiveProvider.open(unreachable, registered);
    const channel = new FailoverChannel([provider]);
    const result = await channel.send(MAIL);
    assert.ok(result.outcome === "held");
    const { type, code, disposition, message } = result.obstacle.error;
    assert.deepEqual([type, code, disposition], ["OTHER", "DATABASE", "retry"]);
    assert.match(message, /^Cannot reserve a slot of provider 127\.0\.0\.1:\d+: Connection term/);

    const { id } = await send({ to: { list: people(10) } });
    const worker = await startMailWorker(services, { channel });
    await worker.runQueued();
    const rows = await readDeliveries(db, id);
    assert.deepEqual(tally(rows.map(({ status, tries }) => `${status} ${tries}`)), {
      "PENDING 0": 10,
    });
    const [batch] = await readBatches(db, id);
    assert.deepEqual([batch?.win, batch?.jobStatus, batch?.jobAttempt], [null, "SCHEDULED", 0]);

    failing = false;
    await makeDue(services);
    await worker.runQueued();
    assert.equal(await readStatus(db, id), "SENT");
    await channel.close();
  },
);
