import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import {
  readRecentDeliveries,
  rollUpDeliveryMinutes,
} from "../../../src/domain/deliveries/minutes.ts";
import { newId } from "../../../src/domain/id.ts";
import { createOrganization } from "../../support/callers.ts";
import { createBus } from "../../../src/events/bus.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { onEveryMail } from "../../support/mail.ts";
import { people } from "../../support/messages.ts";

const COUNT = statement<
  [
    organizationId: string,
    minutesAgo: number,
    writer: number,
    outcome: string,
    error: string,
    n: number,
  ]
>(
  "test.countMinute",
  `insert into delivery_minutes (organization_id, minute, writer, attempt, outcome, error_type, count)
   values ($1, date_trunc('minute', now()) - make_interval(mins => $2), $3, 1, $4, $5, $6)`,
);
const ROWS = statement<[], { writer: number; outcome: string; count: number }>(
  "test.minuteRows",
  `select case when writer = 0 then 0 else 1 end as writer, outcome, count from delivery_minutes
   order by minute, outcome`,
);

onEveryMail(
  "readRecentDeliveries() counts what was sent and what failed, at once",
  async ({ send, worker, db, organization: { id } }) => {
    await send({ to: { list: people(5) } });
    worker.start(await worker.claim());
    await worker.untilIdle();
    // Two minutes, because the minute may have ended meanwhile.
    const { points, firstAttempts, errorTypes } = await readRecentDeliveries(db, id, 2);
    assert.deepEqual(firstAttempts, { sent: 4, failed: 1 });
    assert.deepEqual(errorTypes, [{ errorType: "INVALID_RECIPIENT", count: 1, fraction: 1 }]);
    assert.equal(points.length, 2);
    assert.equal(points.reduce((sum, { sent }) => sum + sent, 0), 4);
    assert.equal(points.reduce((sum, { failed }) => sum + failed, 0), 1);
    const other = await readRecentDeliveries(db, newId(), 2);
    assert.deepEqual(other.firstAttempts, { sent: 0, failed: 0 });
  },
  () => ({ reject: (address) => address.startsWith("person3@") ? "550 5.1.1 No such user" : null }),
);

onEveryDatabase("rollUpDeliveryMinutes() keeps the sums, and deletes old ones", async ({ db }) => {
  const { id } = await createOrganization(db);
  await db.run(COUNT, id, 10, 41, "SENT", "", 3);
  await db.run(COUNT, id, 10, 42, "SENT", "", 4);
  await db.run(COUNT, id, 10, 0, "SENT", "", 5);
  await db.run(COUNT, id, 0, 41, "SENT", "", 2);
  await db.run(COUNT, id, 10, 41, "FAILED", "NETWORK", 6);
  await db.run(COUNT, id, 26 * 60, 41, "SENT", "", 7);
  const before = await readRecentDeliveries(db, id, 60);
  assert.deepEqual(before.firstAttempts, { sent: 14, failed: 6 });
  await rollUpDeliveryMinutes({ db, bus: createBus() });
  await rollUpDeliveryMinutes({ db, bus: createBus() });
  assert.deepEqual(await db.run(ROWS), [
    { writer: 0, outcome: "FAILED", count: 6 },
    { writer: 0, outcome: "SENT", count: 12 },
    { writer: 1, outcome: "SENT", count: 2 },
  ]);
  assert.deepEqual((await readRecentDeliveries(db, id, 60)).firstAttempts, before.firstAttempts);
});
