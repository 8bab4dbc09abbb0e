import assert from "node:assert/strict";
import { MESSENGER, openMessengerChannel } from "../../src/channels/messenger/messenger.ts";
import { statement } from "../../src/db/database.ts";
import { updateProvider } from "../../src/domain/installation/update_provider.ts";
import { getMessage } from "../../src/domain/messages/find.ts";
import { sendMessage } from "../../src/domain/messages/send.ts";
import { publishProviders } from "../../src/domain/providers/circuit.ts";
import type { ProviderState } from "../../src/domain/providers/provider.ts";
import { readStates } from "../../src/domain/providers/find.ts";
import { registerProviders } from "../../src/domain/providers/register.ts";
import type { Services } from "../../src/domain/services.ts";
import { createVault } from "../../src/domain/vault.ts";
import { createBus } from "../../src/events/bus.ts";
import type { ConfiguredProvider } from "../../src/sending/configured_provider.ts";
import { createOrganization, type TestOrganization } from "../support/callers.ts";
import { onEveryDatabase } from "../support/database.ts";
import { type MailWorker, makeDue, startMailWorker } from "../support/mail_worker.ts";
import { openPool } from "../support/providers.ts";
import { messageInput, readDeliveries, readStatus } from "../support/messages.ts";
import { type MetaServer, startMetaServer } from "../support/meta.ts";
import { until } from "../support/until.ts";

const TOKEN = "EAAG-renewed";
const TRY_NOW = statement<[]>(
  "test.tryNow",
  "update providers set retry_at = now() where state <> 'CLOSED'",
);

interface TestPage {
  readonly services: Services;
  readonly organization: TestOrganization;
  readonly meta: MetaServer;
  readonly worker: MailWorker;
  state(): Promise<ProviderState>;
  /** Sends to 30 people; returns the message's id. */
  send(): Promise<string>;
}

/** Declares a test of a Page whose token in the settings is wrong. */
function onEveryPage(name: string, test: (page: TestPage) => Promise<void>): void {
  onEveryDatabase(name, async ({ db }) => {
    await using meta = await startMetaServer();
    meta.settings.token = TOKEN;
    const vault = createVault(() => Promise.resolve("a secret of this test"));
    const services: Services = { db, bus: createBus(), channels: new Set(["MESSENGER"]), vault };
    const organization = await createOrganization(db);
    const configured: ConfiguredProvider = {
      channel: "MESSENGER",
      name: MESSENGER,
      perSecond: 200,
      open: (replaced) =>
        openMessengerChannel({
          accessToken: replaced && "accessToken" in replaced ? replaced.accessToken : "EAAG-old",
          baseUrl: meta.baseUrl,
        }),
    };
    const pool = await openPool(services, [configured]);
    const channel = pool.slots.get("MESSENGER")?.channel;
    assert.ok(channel);
    const worker = await startMailWorker(services, { channel, messenger: channel });
    const list = Array.from({ length: 30 }, (_, n) => ({ address: `2460123456789${1_000 + n}` }));
    const content = { subject: "-", text: "Hi" };
    const input = messageInput({ channel: "MESSENGER", to: { list }, content });
    await test({
      services,
      organization,
      meta,
      worker,
      state: async () => (await registerProviders({ db }, [configured]))[0] ?? assert.fail(),
      send: async () => (await sendMessage(services, organization.admin, input)).message.id,
    });
    await pool.close();
    await services.bus.close();
  });
}

onEveryPage(
  "updateProvider() with a new Page token resumes messages paused for the old one",
  async (page) => {
    const { services, organization: { admin, operator }, worker, state, send } = page;
    const id = await send();
    await worker.runQueued();
    const { status, pauseCode, pauseProviderIds } = await getMessage(services, admin, id);
    const provider = await state();
    assert.deepEqual([status, pauseCode, pauseProviderIds], ["PAUSED", "190/463", [provider.id]]);

    const accessToken = TOKEN;
    const { resumed } = await updateProvider(services, operator, provider.id, { accessToken });
    assert.deepEqual(resumed.map((message) => message.id), [id]);
    await worker.runQueued();
    assert.equal(await readStatus(services.db, id), "SENT");
  },
);

onEveryPage(
  "send() opens the circuit of a throttled Page for the time that Meta asks for",
  async (page) => {
    const { services, organization: { operator }, meta, worker, state, send } = page;
    const { id: providerId } = await state();
    await updateProvider(services, operator, providerId, { accessToken: TOKEN });
    const usage = { "1": [{ type: "messenger", estimated_time_to_regain_access: 19 }] };
    meta.settings.reply = () => ({
      error: { message: "(#613) Calls to this api have exceeded the rate limit.", code: 613 },
      headers: { "x-business-use-case-usage": JSON.stringify(usage) },
    });
    const id = await send();
    await worker.runQueued();
    const [open] = await readStates(services.db, [providerId]);
    assert.ok((open?.retryMs ?? 0) > 18 * 60_000, "19 minutes");
    const refused = meta.received.length;
    assert.ok(refused < 30, "the first answer opens the circuit");
    for (let time = 0; time < 3; time++) {
      await makeDue(services);
      await worker.runQueued();
    }
    assert.equal(meta.received.length, refused);

    meta.settings.reply = () => null;
    await services.db.run(TRY_NOW);
    publishProviders(services, [providerId]);
    await until("all of it is sent", async () => {
      await makeDue(services);
      await worker.runQueued();
      return await readStatus(services.db, id) === "SENT";
    });
    const rows = await readDeliveries(services.db, id);
    assert.ok(rows.every(({ status, attempt }) => status === "SENT" && attempt === 1));
  },
);
