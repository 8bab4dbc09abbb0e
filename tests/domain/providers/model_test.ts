import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { InvalidInputError } from "../../../src/domain/errors.ts";
import { allowProbe, beginProbe, openCircuit } from "../../../src/domain/providers/circuit.ts";
import { findRecovered } from "../../../src/domain/providers/recovery.ts";
import { registerProviders } from "../../../src/domain/providers/register.ts";
import { checkUpdate, type UpdateProviderInput } from "../../../src/domain/providers/update.ts";
import { createBus } from "../../../src/events/bus.ts";
import { onEveryDatabase } from "../../support/database.ts";

const MODEL = { channel: null, name: "api.openai.com", perSecond: null };
const MAIL = { channel: "EMAIL", name: "smtp.example.com:587", perSecond: 50 } as const;
const REFUSED = {
  type: "ACCESS_TOKEN",
  disposition: "pause",
  code: "401 invalid_api_key",
  message: "Incorrect API key",
  retryAfterMs: null,
} as const;
const MARK_RECOVERED = statement<[]>("test.markRecovered", "update providers set recovered = true");

onEveryDatabase(
  "registerProviders() stores the model once, beside the mail servers",
  async ({ db }) => {
    const [model, mail] = await registerProviders({ db }, [MODEL, MAIL]);
    const [again] = await registerProviders({ db }, [MODEL]);
    assert.deepEqual([model?.channel, model?.name, mail?.channel], [
      null,
      "api.openai.com",
      "EMAIL",
    ]);
    assert.equal(again?.id, model?.id);
  },
);

onEveryDatabase(
  "The circuit of the model is probed and recovers apart from the channels",
  async ({ db }) => {
    const services = { db, bus: createBus() };
    const [model, mail] = await registerProviders({ db }, [MODEL, MAIL]);
    assert.ok(model && mail);
    for (const provider of [model, mail]) await openCircuit(services, provider, REFUSED);

    assert.deepEqual(await allowProbe(db, null), [model.id]);

    const probe = await beginProbe(services, { ...model, epoch: 2 });
    assert.ok((probe?.retryMs ?? 0) > 250_000, "a model that reasons answers after minutes");
    await db.run(MARK_RECOVERED);
    const recovered = await findRecovered(db, model.id);
    assert.deepEqual(recovered.map(({ channel, channelIds }) => ({ channel, channelIds })), [
      { channel: null, channelIds: [model.id] },
    ]);
  },
);

Deno.test("checkUpdate() takes a key for the model, and neither a password nor a rate limit", () => {
  const faultsOf = (input: UpdateProviderInput) => {
    try {
      checkUpdate(MODEL, input);
      return [];
    } catch (error) {
      if (error instanceof InvalidInputError) {
        return error.issues.map(({ path, code }) => `${path.join(".")} ${code}`);
      }
      throw error;
    }
  };
  assert.deepEqual(checkUpdate(MODEL, { accessToken: "sk-new" }), { accessToken: "sk-new" });
  assert.equal(checkUpdate(MODEL, { accessToken: null }), null);
  assert.deepEqual(faultsOf({ user: "ada", password: "x" }), [
    "user NOT_APPLICABLE",
    "password NOT_APPLICABLE",
  ]);
  assert.deepEqual(faultsOf({ perSecondLimit: 5 }), ["perSecondLimit NOT_APPLICABLE"]);
  assert.deepEqual(faultsOf({ accessToken: "two words" }), ["accessToken MALFORMED"]);
});
