import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { ensureBuiltInSchedules } from "../../../src/domain/schedules/built_in.ts";
import { fireDue } from "../../../src/domain/schedules/fire.ts";
import { pollSchedules } from "../../../src/domain/schedules/poll.ts";
import { createBus } from "../../../src/events/bus.ts";
import { onEveryDatabase } from "../../support/database.ts";

const MAKE_DUE = statement<[]>(
  "test.makeDue",
  "update schedules set next_at = now() where name in ('cleanup', 'retry-failed', 'send-due')",
);
const END = statement<
  [
    kind: string,
    status: string,
    result: string | null,
    progress: string | null,
    error: string | null,
  ]
>(
  "test.endJob",
  `update jobs set status = $2, result = $3::jsonb, progress = $4::jsonb, error = $5::jsonb,
     finished_at = now() where kind = $1`,
);
const DELETE = statement<[kind: string]>("test.deleteJob", "delete from jobs where kind = $1");
const FIRES = statement<[], Record<string, unknown>>(
  "test.outcomes",
  `select s.name, f.outcome, f.processed_count as processed, f.recipient_count as recipients,
     f.batch_count as batches, f.error ->> 'type' as error, f.finished_at is not null as finished
   from schedule_fires f join schedules s on s.id = f.schedule_id order by s.name`,
);

onEveryDatabase(
  "pollSchedules() records the outcomes of jobs that have ended, once, with their counts",
  async ({ db }) => {
    const services = { db, bus: createBus() };
    await ensureBuiltInSchedules(services);
    const published: string[] = [];
    services.bus.subscribe("schedules", ({ ids }) => void published.push(...ids ?? []));
    await db.run(MAKE_DUE);
    await fireDue(services);
    const unfinished = { outcome: null, processed: null, recipients: null, batches: null };
    for (const fire of await db.run(FIRES)) {
      assert.deepEqual(fire, { name: fire.name, ...unfinished, error: null, finished: false });
    }

    // A result of another form must not fail the statement.
    const progress = JSON.stringify({ total: null, processed: 12 });
    await db.run(
      END,
      "CLEANUP",
      "FAILED",
      '{"messageCount":"many"}',
      progress,
      '{"type":"TIMEOUT"}',
    );
    const result = JSON.stringify({ messageCount: 3, recipientCount: 145, batchCount: 4 });
    await db.run(END, "RETRY_FAILED", "COMPLETED", result, progress, null);
    await db.run(DELETE, "SEND_DUE");
    const before = published.length;
    assert.equal(await pollSchedules(services), false);
    await services.bus.close();
    assert.equal(new Set(published.slice(before)).size, 3);
    const ended = [
      {
        name: "cleanup",
        outcome: "FAILED",
        processed: 12,
        recipients: null,
        batches: null,
        error: "TIMEOUT",
        finished: true,
      },
      {
        name: "retry-failed",
        outcome: "COMPLETED",
        processed: 3,
        recipients: 145,
        batches: 4,
        error: null,
        finished: true,
      },
      { name: "send-due", ...unfinished, outcome: "FAILED", error: "JOB_DELETED", finished: true },
    ];
    assert.deepEqual(await db.run(FIRES), ended);

    await db.run(END, "CLEANUP", "COMPLETED", null, null, null);
    await pollSchedules(services);
    assert.deepEqual(await db.run(FIRES), ended);
  },
);
