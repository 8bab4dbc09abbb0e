import assert from "node:assert/strict";
import type { DeliveryError, SendResult } from "../../src/channels/channel.ts";
import type { Database } from "../../src/db/database.ts";
import { readStates } from "../../src/domain/providers/find.ts";
import { registerProviders } from "../../src/domain/providers/register.ts";
import { writeUpdate } from "../../src/domain/providers/update.ts";
import { createBus } from "../../src/events/bus.ts";
import { FailoverChannel } from "../../src/sending/failover.ts";
import { LiveProvider } from "../../src/sending/live_provider.ts";
import { onEveryDatabase } from "../support/database.ts";
import { MAIL } from "../support/outgoing_mail.ts";

const LOGIN: DeliveryError = {
  type: "ACCESS_TOKEN",
  disposition: "pause",
  code: "535",
  message: "No",
  retryAfterMs: null,
  beforeRecipient: true,
};
const SENDER: DeliveryError = { ...LOGIN, type: "PERMISSION", code: "553 5.1.8" };

/** Providers that fail every mail with these errors; `before` runs before each failure. */
async function open(
  db: Database,
  errors: readonly DeliveryError[],
  before: (place: number, providers: readonly LiveProvider[]) => Promise<void>,
): Promise<FailoverChannel> {
  const services = { db, bus: createBus() };
  const named = errors.map((_, place) => (
    { channel: "EMAIL", name: `smtp${place}.example.com`, perSecond: null } as const
  ));
  const providers: LiveProvider[] = [];
  for (const [place, state] of (await registerProviders(services, named)).entries()) {
    const { name } = state;
    const error = errors[place] ?? LOGIN;
    const send = async (): Promise<SendResult> => {
      await before(place, providers);
      return { outcome: "failed", provider: name, error };
    };
    const channel = { connections: 1, send, close: () => Promise.resolve() };
    const configured = { ...named[place] ?? assert.fail(), open: () => channel };
    providers.push(await LiveProvider.open(services, { configured, state }));
  }
  return new FailoverChannel(providers);
}

/** An operator restores the credentials of the settings, and the process adopts the change. */
async function reconfigure(db: Database, provider: LiveProvider | undefined): Promise<void> {
  assert.ok(provider);
  const change = { credentials: null, perSecondLimit: undefined, enabled: undefined };
  await db.transaction((tx) => writeUpdate(tx, provider.id, change));
  const [state] = await readStates(db, [provider.id]);
  await provider.adopt(state ?? assert.fail());
}

onEveryDatabase(
  "send() does not pause when a provider is reconfigured while the next one is tried",
  async ({ db }) => {
    const channel = await open(
      db,
      [LOGIN, LOGIN],
      async (place, providers) => place === 1 ? await reconfigure(db, providers[0]) : undefined,
    );
    const result = await channel.send(MAIL);
    assert.ok(result.outcome === "failed");
    assert.equal(result.obstacle?.error.disposition, "retry");
  },
);

onEveryDatabase(
  "send() reports the epoch in which a provider failed, not the one since",
  async ({ db }) => {
    const channel = await open(
      db,
      [SENDER],
      async (_, providers) => await reconfigure(db, providers[0]),
    );
    const result = await channel.send(MAIL);
    assert.ok(result.outcome === "failed" && result.obstacle);
    const [state] = await registerProviders({ db }, [
      { channel: "EMAIL", name: "smtp0.example.com", perSecond: null },
    ]);
    // pause() ignores a stale epoch.
    assert.notEqual(result.obstacle.providers[0]?.epoch, state?.epoch);
  },
);
