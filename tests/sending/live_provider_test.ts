import assert from "node:assert/strict";
import { ABORTED_RESULT, type Channel, type SendResult } from "../../src/channels/channel.ts";
import { type Database, statement } from "../../src/db/database.ts";
import { readStates } from "../../src/domain/providers/find.ts";
import { registerProviders } from "../../src/domain/providers/register.ts";
import { writeUpdate } from "../../src/domain/providers/update.ts";
import type { Services } from "../../src/domain/services.ts";
import { createVault } from "../../src/domain/vault.ts";
import { createBus } from "../../src/events/bus.ts";
import {
  type ConfiguredProvider,
  registerConfigured,
} from "../../src/sending/configured_provider.ts";
import { LiveProvider, type ProviderAnswer } from "../../src/sending/live_provider.ts";
import { onEveryDatabase } from "../support/database.ts";
import { MAIL } from "../support/outgoing_mail.ts";
import { until } from "../support/until.ts";
import { interceptStatement } from "../support/worker.ts";

const ONE_A_DAY = 1 / 86_400;
const SENT: SendResult = { outcome: "sent", provider: "smtp.example.com", providerMessageId: "1" };
const THROTTLED: SendResult = {
  outcome: "failed",
  provider: "smtp.example.com",
  error: {
    type: "RATE_LIMIT",
    disposition: "retry",
    code: "421",
    message: "Too many",
    retryAfterMs: null,
    beforeRecipient: true,
  },
};
const REFUSED_HERE: SendResult = {
  outcome: "failed",
  provider: null,
  error: {
    type: "OTHER",
    disposition: "never",
    code: "EMPTY_TEXT",
    message: "The text is empty",
    retryAfterMs: null,
    beforeRecipient: false,
  },
};
const SENDER_REFUSED: SendResult = {
  outcome: "failed",
  provider: "smtp.example.com",
  error: {
    type: "PERMISSION",
    disposition: "never",
    code: "550 5.7.26",
    message: "550 5.7.26 The sender is not authenticated",
    retryAfterMs: null,
    beforeRecipient: false,
    refusesSender: true,
  },
};
const TRY_NOW = statement<[]>(
  "test.tryNow",
  "update providers set retry_at = now() where state <> 'CLOSED'",
);

async function open(
  services: Services,
  perSecond: number | null,
  send: Channel["send"],
): Promise<LiveProvider> {
  const channel = { connections: 1, send, close: () => Promise.resolve() };
  const named = { channel: "EMAIL", name: "smtp.example.com", perSecond } as const;
  const [state] = await registerProviders(services, [named]);
  assert.ok(state);
  return await LiveProvider.open(services, {
    configured: { ...named, open: () => channel },
    state,
  });
}

function outcomeOf(answer: ProviderAnswer): string {
  return answer.type === "answered" ? answer.result.outcome : answer.type;
}

async function raiseLimit(db: Database, id: string): Promise<void> {
  const change = { credentials: undefined, perSecondLimit: 1_000, enabled: undefined };
  await db.transaction((tx) => writeUpdate(tx, id, change));
}

async function refresh(db: Database, provider: LiveProvider): Promise<void> {
  const [state] = await readStates(db, [provider.id]);
  assert.ok(state);
  await provider.adopt(state);
}

onEveryDatabase(
  "send() ignores the wait of a limit that was raised meanwhile",
  async ({ db }) => {
    let meanwhile = () => Promise.resolve();
    const bus = createBus();
    const services = interceptStatement({ db, bus }, "providers.reserve", async (run) => {
      const rows = await run();
      await meanwhile();
      return rows;
    });
    const provider = await open(services, ONE_A_DAY, () => Promise.resolve(SENT));
    assert.equal(outcomeOf(await provider.send(MAIL, {})), "sent");
    meanwhile = async () => {
      await raiseLimit(db, provider.id);
      await refresh(db, provider);
    };
    assert.equal(outcomeOf(await provider.send(MAIL, {})), "skipped");
    meanwhile = () => Promise.resolve();
    assert.equal(outcomeOf(await provider.send(MAIL, {})), "sent");
    await bus.close();
  },
);

onEveryDatabase(
  "adopt() adopts a raised limit although the circuit has the new epoch",
  async ({ db }) => {
    const bus = createBus();
    const first = Promise.withResolvers<SendResult>();
    const provider = await open({ db, bus }, ONE_A_DAY, () => first.promise);
    const sending = provider.send(MAIL, {});
    assert.equal(outcomeOf(await provider.send(MAIL, {})), "skipped");
    assert.ok(provider.exhausted);
    await raiseLimit(db, provider.id);
    first.resolve(THROTTLED);
    await sending;
    await refresh(db, provider);
    assert.equal(provider.perSecond, 1_000);
    assert.equal(provider.exhausted, null);
    await bus.close();
  },
);

for (
  const [what, first] of [["is aborted", ABORTED_RESULT], [
    "is refused locally",
    REFUSED_HERE,
  ]] as const
) {
  onEveryDatabase(
    `send() lets the next message probe when the first one ${what}`,
    async ({ db }) => {
      const bus = createBus();
      const results = [THROTTLED, first, SENT];
      const provider = await open(
        { db, bus },
        null,
        () => Promise.resolve(results.shift() ?? SENT),
      );
      await provider.send(MAIL, {});
      await db.run(TRY_NOW);
      await refresh(db, provider);
      await provider.send(MAIL, {});
      assert.equal(provider.obstacle, null);
      assert.equal(outcomeOf(await provider.send(MAIL, {})), "sent");
      const [state] = await readStates(db, [provider.id]);
      assert.deepEqual([state?.state, state?.openings], ["CLOSED", 0]);
      await bus.close();
    },
  );
}

onEveryDatabase(
  "adopt() adopts new credentials although the previous channel cannot be closed",
  async ({ db }) => {
    const bus = createBus();
    const vault = createVault(() => Promise.resolve("a secret of this test"));
    const services: Services = { db, bus, vault };
    const opened: (string | null)[] = [];
    const configured: ConfiguredProvider = {
      channel: "EMAIL",
      name: "smtp.example.com",
      perSecond: null,
      open(credentials) {
        opened.push(credentials && "user" in credentials ? credentials.user : null);
        const close = () => {
          throw new TypeError("a bug");
        };
        return { connections: 1, send: () => Promise.resolve(SENT), close };
      },
    };
    const [registered] = await registerConfigured(services, [configured]);
    assert.ok(registered);
    const provider = await LiveProvider.open(services, registered);
    for (const user of ["ada", "max"]) {
      const credentials = await vault.seal(provider.id, { user, password: "secret" });
      const change = { credentials, perSecondLimit: undefined, enabled: undefined };
      await db.transaction((tx) => writeUpdate(tx, provider.id, change));
      await refresh(db, provider);
    }
    assert.deepEqual(opened, [null, "ada", "max"]);
    await bus.close();
  },
);

for (const time of ["together with", "while the circuit opens because of"] as const) {
  onEveryDatabase(
    `send() uses the provider further when a mail is accepted ${time} five refusals of the sender`,
    async ({ db }) => {
      const bus = createBus();
      const refused = Promise.withResolvers<void>();
      const accepted = time === "together with" ? refused : Promise.withResolvers<void>();
      let count = 0;
      const services = interceptStatement({ db, bus }, "providers.open", async (run) => {
        accepted.resolve();
        await accepted.promise;
        return await run();
      });
      const provider = await open(services, null, async () => {
        const isLast = ++count === 6;
        await (isLast ? accepted : refused).promise;
        return isLast ? SENT : SENDER_REFUSED;
      });
      const answers = Promise.all(Array.from({ length: 6 }, () => provider.send(MAIL, {})));
      await until("all mails are transmitted", () => count === 6);
      refused.resolve();
      await answers;
      assert.equal((await readStates(db, [provider.id]))[0]?.state, "CLOSED");
      assert.equal(provider.obstacle, null);
      await provider.close();
      await bus.close();
    },
  );
}
