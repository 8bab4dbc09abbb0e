import assert from "node:assert/strict";
import { MESSENGER, openMessengerChannel } from "../../../src/channels/messenger.ts";
import { updateProvider } from "../../../src/domain/installation/operations.ts";
import { getMessage, sendMessage } from "../../../src/domain/messages/operations.ts";
import { registerProviders } from "../../../src/domain/providers/register.ts";
import type { Services } from "../../../src/domain/services.ts";
import { createVault } from "../../../src/domain/vault.ts";
import { createBus } from "../../../src/events/bus.ts";
import type { ConfiguredProvider } from "../../../src/worker/providers/live_provider.ts";
import { openWaysOut } from "../../../src/worker/providers/ways_out.ts";
import { createOrganization } from "../../support/callers.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { startMailWorker } from "../../support/mail_worker.ts";
import { messageInput, readStatus } from "../../support/messages.ts";
import { startMetaServer } from "../../support/meta.ts";

onEveryDatabase("a Page's new token lets go on what was paused for the old one", async ({ db }) => {
  await using meta = await startMetaServer();
  meta.settings.token = "EAAG-renewed";
  const vault = createVault(() => Promise.resolve("a secret of this test"));
  const services: Services = { db, bus: createBus(), channels: new Set(["MESSENGER"]), vault };
  const { admin, operator } = await createOrganization(db);
  const configured: ConfiguredProvider = {
    channel: "MESSENGER",
    name: MESSENGER,
    perSecond: 200,
    open: (replaced) =>
      openMessengerChannel({
        accessToken: replaced && "accessToken" in replaced ? replaced.accessToken : "EAAG-expired",
        baseUrl: meta.baseUrl,
      }),
  };
  const waysOut = await openWaysOut(services, [configured]);
  const channel = waysOut.channels.get("MESSENGER");
  assert.ok(channel);
  const worker = await startMailWorker(services, { channel, messenger: channel });
  const list = Array.from({ length: 30 }, (_, n) => ({ address: `2460123456789${1_000 + n}` }));
  const input = messageInput({
    channel: "MESSENGER",
    to: { list },
    content: { subject: "-", text: "Hi" },
  });
  const { message: { id } } = await sendMessage(services, admin, input);
  await worker.runQueued();
  const { status, pauseCode, pauseProviderIds } = await getMessage(services, admin, id);
  const [provider] = await registerProviders({ db }, [configured]);
  assert.ok(provider);
  assert.deepEqual([status, pauseCode, pauseProviderIds], ["PAUSED", "190/463", [provider.id]]);

  const { resumed } = await updateProvider(services, operator, provider.id, {
    accessToken: "EAAG-renewed",
  });
  assert.deepEqual(resumed.map((message) => message.id), [id]);
  await worker.runQueued();
  assert.equal(await readStatus(db, id), "SENT");
  await waysOut.close();
  await services.bus.close();
});
