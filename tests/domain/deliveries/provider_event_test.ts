import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { pruneEvents } from "../../../src/domain/deliveries/provider_event.ts";
import { recordEvent } from "../../../src/domain/messages/provider_event.ts";
import { createBus } from "../../../src/events/bus.ts";
import { onEveryDatabase } from "../../support/database.ts";

const AGE = statement<[eventId: string]>(
  "test.ageEvent",
  "update provider_events set received_at = now() - interval '31 days' where event_id = $1",
);

onEveryDatabase("pruneEvents() deletes events after 30 days", async ({ db }) => {
  const services = { db, bus: createBus() };
  const record = (id: string) => recordEvent(services, { source: "mailgun", id, feedback: [] });
  assert.equal(await record("old"), "ignored");
  assert.equal(await record("new"), "ignored");
  await db.run(AGE, "old");
  await pruneEvents(services);
  assert.equal(await record("old"), "ignored");
  assert.equal(await record("new"), "repeated");
  await services.bus.close();
});
