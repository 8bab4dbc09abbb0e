import assert from "node:assert/strict";
import { statement } from "../../src/db/database.ts";
import { pruneAccepted, readSendRates } from "../../src/domain/providers/send_rate.ts";
import { people } from "../support/messages.ts";
import { onEveryProviders } from "../support/providers.ts";

const AGE = statement<[seconds: number]>(
  "test.ageAcceptances",
  "update provider_acceptances set accepted_at = accepted_at - make_interval(secs => $1)",
);
const ROWS = statement<[], { count: number }>(
  "test.acceptances",
  "select count(*) from provider_acceptances",
);

onEveryProviders(
  "the rate of a provider counts the messages that it accepted in the last minute",
  () => [
    { reject: (address) => address.startsWith("person7@") ? "550 5.1.1 No such user" : null },
    {},
  ],
  async ({ db, services, send, worker, states, refresh }) => {
    await send({ to: { list: people(13) } });
    worker.start(await worker.claim());
    await worker.untilIdle();
    const [first, second] = await states();
    assert.ok(first && second);
    const ids = [first.id, second.id];
    assert.deepEqual(await readSendRates(db, ids), new Map(), "not recorded yet");
    await refresh();
    await refresh();
    assert.deepEqual(await readSendRates(db, ids), new Map([[first.id, 12 / 60]]));
    await db.run(AGE, 61);
    assert.deepEqual(await readSendRates(db, ids), new Map());
    await pruneAccepted(services);
    assert.deepEqual(await db.run(ROWS), [{ count: 1 }]);
    await db.run(AGE, 61);
    await pruneAccepted(services);
    assert.deepEqual(await db.run(ROWS), [{ count: 0 }]);
  },
);
