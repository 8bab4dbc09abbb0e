import assert from "node:assert/strict";
import { type Connection, statement } from "../../../src/db/database.ts";
import type { Caller } from "../../../src/domain/access/access.ts";
import {
  listMessageAttempts,
  readAttemptGroups,
  readSeries,
} from "../../../src/domain/deliveries/analytics.ts";
import { sendMessage } from "../../../src/domain/messages/send.ts";
import { newId } from "../../../src/domain/id.ts";
import { checkPeriod } from "../../../src/domain/period.ts";
import { createBus } from "../../../src/events/bus.ts";
import { createOrganization } from "../../support/callers.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { issuesOf } from "../../support/issues.ts";
import { messageInput } from "../../support/messages.ts";

const COUNT = statement<
  [messageId: string, batchId: string, at: string, attempt: number, outcome: string, n: number]
>(
  "test.count",
  `insert into delivery_stats (organization_id, message_id, batch_id, minute, attempt, outcome,
     error_type, n)
   select organization_id, id, $2, $3::timestamptz, $4, $5,
     case when $5 = 'FAILED' then 'NETWORK' when $5 in ('SENT', 'SUPPRESSED') then '' else 'OTHER' end, $6
   from messages where id = $1`,
);

type Count = [at: string, attempt: number, outcome: string, n: number];

async function count(db: Connection, messageId: string, counts: readonly Count[]): Promise<void> {
  for (const one of counts) await db.run(COUNT, messageId, newId(), ...one);
}

const YEAR = { from: new Date("2026-01-01T00:00:00Z"), to: new Date("2027-01-01T00:00:00Z") };

onEveryDatabase(
  "readAttemptGroups() groups by type, attempt, outcome and error, for the messages of the caller",
  async ({ db }) => {
    const services = { db, bus: createBus() };
    const { admin, member, colleague } = await createOrganization(db);
    const stranger = (await createOrganization(db)).admin;
    const make = async (caller: Caller, type: string) =>
      (await sendMessage(services, caller, messageInput({ type }))).message.id;
    const news = await make(admin, "news");
    const welcome = await make(member, "welcome");
    const counts: Count[] = [
      ["2026-03-01T10:00:00Z", 1, "SENT", 90],
      ["2026-03-01T10:01:00Z", 1, "FAILED", 10],
      ["2026-03-01T10:02:00Z", 1, "RETRIED", 10],
      ["2026-03-01T10:02:00Z", 2, "SENT", 6],
      // Of three unknown deliveries, one was confirmed, one was resent, and one is still unknown.
      ["2026-03-01T10:00:00Z", 1, "UNKNOWN", 3],
      ["2026-03-01T10:00:00Z", 1, "RESOLVED", 1],
      ["2026-03-01T10:00:00Z", 1, "SENT", 1],
      ["2026-03-01T10:05:00Z", 1, "RESENT", 1],
      ["2026-03-01T10:05:00Z", 2, "SENT", 1],
      // Two were listed before their first attempt, one before its second, and one was sent after all.
      ["2026-03-01T10:00:00Z", 0, "SUPPRESSED", 2],
      ["2026-03-01T10:02:00Z", 1, "SUPPRESSED", 1],
      ["2026-03-01T10:05:00Z", 0, "SUPPRESSION_RETRIED", 1],
      ["2026-03-01T10:05:00Z", 1, "SENT", 1],
      ["2027-03-01T10:02:00Z", 1, "SENT", 1_000],
    ];
    await count(db, news, counts);
    await count(db, welcome, [["2026-03-01T10:00:00Z", 1, "SENT", 5]]);
    const listed = await make(admin, "listed");
    await count(db, listed, [["2026-03-01T10:00:00Z", 0, "SUPPRESSED", 4]]);
    const groups = async (caller: Caller) =>
      (await readAttemptGroups(services, caller, YEAR))
        .map(({ type, attempt, outcome, errorType, count }) =>
          [type, attempt, outcome, errorType, count].join(" ")
        ).sort();
    assert.deepEqual(await groups(admin), [
      "listed 0 SUPPRESSED  4",
      "news 0 SUPPRESSED  2",
      "news 1 FAILED NETWORK 10",
      "news 1 SENT  92",
      "news 1 SUPPRESSED  1",
      "news 1 UNKNOWN OTHER 2",
      "news 2 SENT  7",
      "welcome 1 SENT  5",
    ]);
    assert.deepEqual(await groups(member), ["welcome 1 SENT  5"]);
    assert.deepEqual([await groups(colleague), await groups(stranger)], [[], []]);

    const page = await listMessageAttempts(services, admin, YEAR, { first: 1 });
    assert.deepEqual(page.edges.map(({ node }) => node), [
      { id: listed, sent: 0, failed: 0, suppressed: 4 },
    ]);
    const after = page.pageInfo.endCursor;
    const rest = await listMessageAttempts(services, admin, YEAR, { after });
    assert.deepEqual(rest.edges.map(({ node }) => node), [
      { id: welcome, sent: 5, failed: 0, suppressed: 0 },
      { id: news, sent: 92, failed: 12, suppressed: 3 },
    ]);
    const own = await listMessageAttempts(services, member, YEAR, {});
    assert.deepEqual(own.edges.map(({ node }) => node.id), [welcome]);
    const series = async (caller: Caller) =>
      (await readSeries(services, caller, YEAR, "DAY", "UTC")).filter(({ sent }) => sent > 0)
        .map(({ at, sent, failed, suppressed }) => [at.toISOString(), sent, failed, suppressed]);
    assert.deepEqual(await series(admin), [["2026-03-01T00:00:00.000Z", 104, 12, 7]]);
    assert.deepEqual(await series(member), [["2026-03-01T00:00:00.000Z", 5, 0, 0]]);
  },
);

onEveryDatabase(
  "readSeries() begins days at midnight of the time zone, also when clocks change",
  async (
    { db },
  ) => {
    const services = { db, bus: createBus() };
    const { admin } = await createOrganization(db);
    const { message } = await sendMessage(services, admin, messageInput());
    const series = async (
      from: string,
      to: string,
      bucket: "DAY" | "HOUR" | "MINUTE",
      zone: string,
    ) =>
      (await readSeries(services, admin, { from: new Date(from), to: new Date(to) }, bucket, zone))
        .map(({ at, sent }) => [at.toISOString().slice(5, 16), sent]);
    // Clocks go forward on 29 March 2026 in Berlin, and back on 25 October.
    await count(db, message.id, [
      ["2026-03-28T22:59:00Z", 1, "SENT", 1],
      ["2026-03-28T23:00:00Z", 1, "SENT", 2],
      ["2026-03-29T21:59:00Z", 1, "SENT", 4],
      ["2026-03-29T22:00:00Z", 1, "SENT", 8],
      ["2026-10-25T00:30:00Z", 1, "SENT", 16],
      ["2026-10-25T01:30:00Z", 1, "SENT", 32],
    ]);
    assert.deepEqual(
      await series("2026-03-27T23:00:00Z", "2026-03-30T22:00:00Z", "DAY", "Europe/Berlin"),
      [["03-27T23:00", 1], ["03-28T23:00", 6], ["03-29T22:00", 8]],
    );
    assert.deepEqual(
      await series("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", "DAY", "Europe/Berlin"),
      [["10-24T22:00", 48]],
    );
    // The hour from two to three o'clock comes twice.
    assert.deepEqual(
      await series("2026-10-25T00:00:00Z", "2026-10-25T02:00:00Z", "HOUR", "Europe/Berlin"),
      [["10-25T00:00", 16], ["10-25T01:00", 32]],
    );
    assert.deepEqual(
      await series("2026-03-28T22:00:00Z", "2026-03-28T23:30:00Z", "HOUR", "Asia/Kolkata"),
      [["03-28T21:30", 0], ["03-28T22:30", 3]],
    );
    assert.deepEqual(
      await series("2026-03-28T22:00:00Z", "2026-03-28T23:30:00Z", "HOUR", "IST"),
      [["03-28T21:30", 0], ["03-28T22:30", 3]],
    );
    assert.deepEqual(
      await series("2026-03-28T22:58:30Z", "2026-03-28T23:00:30Z", "MINUTE", "UTC"),
      [["03-28T22:58", 0], ["03-28T22:59", 1], ["03-28T23:00", 2]],
    );
  },
);

onEveryDatabase(
  "readSeries() refuses an unknown time zone and too many intervals",
  async ({ db }) => {
    const services = { db, bus: createBus() };
    const { admin } = await createOrganization(db);
    const refused = (bucket: "DAY" | "MINUTE", zone: string) =>
      issuesOf(() => readSeries(services, admin, YEAR, bucket, zone));
    assert.deepEqual(await refused("DAY", "Europe/Nowhere"), ["timezone MALFORMED"]);
    assert.deepEqual(await refused("DAY", "+02:00"), ["timezone MALFORMED"]);
    // JavaScript accepts this time zone, PostgreSQL does not.
    assert.deepEqual(await refused("DAY", "US/Pacific-New"), ["timezone MALFORMED"]);
    assert.deepEqual(await refused("MINUTE", ""), ["timezone MALFORMED", "bucket OUT_OF_RANGE"]);
    const backwards = { from: YEAR.to, to: YEAR.from };
    assert.deepEqual(await issuesOf(() => checkPeriod(backwards)), ["to OUT_OF_RANGE"]);
  },
);
