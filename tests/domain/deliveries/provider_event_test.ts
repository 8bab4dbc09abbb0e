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

onEveryDatabase("pruneEvents() forgets an event after 30 days, and no earlier", async ({ db }) => {
  const services = { db, bus: createBus() };
  const tell = (id: string) => recordEvent(services, { source: "mailgun", id, feedback: [] });
  assert.equal(await tell("old"), "ignored");
  assert.equal(await tell("new"), "ignored");
  await db.run(AGE, "old");
  await pruneEvents(services);
  assert.equal(await tell("old"), "ignored");
  assert.equal(await tell("new"), "repeated");
  await services.bus.close();
});
