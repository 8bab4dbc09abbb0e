import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { newId } from "../../../src/domain/id.ts";
import { onEveryDatabase } from "../../support/database.ts";

const ACCEPTED = statement<[], { outcome: string }>(
  "test.acceptedOutcomes",
  `select (regexp_matches(pg_get_constraintdef(oid), '''([A-Z_]+)''', 'g'))[1] as outcome
   from pg_constraint where conname = 'delivery_stats_outcome_check'`,
);
const COUNT = statement<[messageId: string, outcomes: string[]]>(
  "test.count",
  `insert into delivery_stats (organization_id, message_id, batch_id, minute, attempt, outcome,
     error_type, n)
   select $1, $1, uuid_v7(), now(), 1, outcome, '', 1 from unnest($2::text[]) outcome`,
);
const SUM = statement<[messageId: string], Record<string, number>>(
  "test.sumCounters",
  `select sum(sent) as sent, sum(failed) as failed, sum(unknown) as unknown, sum(bounced) as bounced,
     sum(complained) as complained, sum(suppressed) as suppressed, sum(ended) as ended,
     coalesce(sum(events) filter (where event = 'SENT'), 0) as "sentEvents",
     coalesce(sum(events) filter (where event = 'FAILED'), 0) as "failedEvents",
     coalesce(sum(events) filter (where event = 'UNKNOWN'), 0) as "unknownEvents",
     coalesce(sum(events) filter (where event = 'BOUNCED'), 0) as "bouncedEvents",
     coalesce(sum(events) filter (where event = 'SUPPRESSED'), 0) as "suppressedEvents"
   from delivery_counters where message_id = $1`,
);
const COUNTED = statement<[messageId: string], { count: number }>(
  "test.countedRows",
  "select count(*) from delivery_counters where message_id = $1",
);

onEveryDatabase("delivery_counters has an effect for every outcome of delivery_stats", async (
  { db },
) => {
  const outcomes = (await db.run(ACCEPTED)).map(({ outcome }) => outcome);
  assert(outcomes.includes("BOUNCE_RAISED"));
  const id = newId();
  await db.run(COUNT, id, outcomes);
  assert.deepEqual(await db.run(COUNTED, id), [{ count: outcomes.length }]);
});

// Outcomes of one delivery in order, its final state (none: PENDING), and the events of its attempts.
const HISTORIES: readonly [outcomes: string[], now: string[], events: string[]][] = [
  [["SENT"], ["sent"], ["sent"]],
  [["FAILED"], ["failed"], ["failed"]],
  [["FAILED", "RETRIED"], [], ["failed"]],
  [["FAILED", "RETRIED", "SENT"], ["sent"], ["failed", "sent"]],
  [["UNKNOWN"], ["unknown"], ["unknown"]],
  [["UNKNOWN", "RESOLVED", "SENT"], ["sent"], ["sent"]],
  [["UNKNOWN", "RESENT"], [], ["unknown"]],
  [["SENT", "BOUNCED"], ["bounced"], ["sent", "bounced"]],
  [["SENT", "BOUNCED", "BOUNCE_RETRIED"], [], ["sent", "bounced"]],
  [["SENT", "BOUNCED", "BOUNCE_RAISED", "BOUNCED"], ["bounced"], ["sent", "bounced"]],
  [["SENT", "BOUNCED", "BOUNCE_RAISED", "COMPLAINED"], ["complained"], ["sent"]],
  [["SENT", "COMPLAINED"], ["complained"], ["sent"]],
  [["SENT", "BOUNCED", "BOUNCE_RAISED"], ["sent"], ["sent"]],
  [["SENT", "BOUNCED", "BOUNCE_RETRIED", "DELIVERED"], ["sent"], ["sent", "bounced"]],
  [["UNKNOWN", "RESENT", "DELIVERED"], ["sent"], ["unknown"]],
  [["UNKNOWN", "RESENT", "FAILED", "RETRIED", "DELIVERED"], ["sent"], ["unknown", "failed"]],
  [["SUPPRESSED"], ["suppressed"], ["suppressed"]],
  [["SENT", "UNSENT", "SUPPRESSED"], ["suppressed"], ["suppressed"]],
  [["SUPPRESSED", "SUPPRESSION_RETRIED"], [], ["suppressed"]],
  [["SUPPRESSED", "SUPPRESSION_RETRIED", "SENT"], ["sent"], ["suppressed", "sent"]],
  [["FAILED", "RETRIED", "SUPPRESSED"], ["suppressed"], ["failed", "suppressed"]],
];

onEveryDatabase("delivery_counters counts a delivery once, in its current state", async (
  { db },
) => {
  for (const [outcomes, now, events] of HISTORIES) {
    const id = newId();
    await db.run(COUNT, id, outcomes);
    const [sums = {}] = await db.run(SUM, id);
    const expected = Object.fromEntries(Object.keys(sums).map((name) => [name, 0]));
    for (const state of now) Object.assign(expected, { [state]: 1, ended: 1 });
    for (const event of events) expected[`${event}Events`] = 1;
    assert.deepEqual(sums, expected, outcomes.join(", "));
  }
});
