import assert from "node:assert/strict";
import { type Database, statement } from "../../../src/db/database.ts";
import { openCaptureChannel } from "../../../src/channels/capture.ts";
import { toTypeId } from "../../../src/domain/id.ts";
import { putOnHold } from "../../../src/domain/installation/hold.ts";
import { getMessage } from "../../../src/domain/messages/find.ts";
import { ensureBuiltInSchedules } from "../../../src/domain/schedules/built_in.ts";
import { createSchedule } from "../../../src/domain/schedules/create.ts";
import { createOrganization } from "../../support/callers.ts";
import { makeDataDir } from "../../support/data_dir.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { type MailWorker, startMailWorker } from "../../support/mail_worker.ts";
import { onEveryMail } from "../../support/mail.ts";
import { people } from "../../support/messages.ts";
import { type TestServer, withServer } from "../../support/server.ts";
import { until } from "../../support/until.ts";

const SECRET = "a secret for schedules";
const COUNT_JOBS = statement<[], { n: number }>("test.countJobs", "select count(*) as n from jobs");
const JOBS_OF = statement<[kind: string], { organizationId: string }>(
  "test.jobsOf",
  `select organization_id as "organizationId" from jobs where kind = $1`,
);
const PAUSE = statement<[name: string]>(
  "test.pauseSchedule",
  "update schedules set enabled = false where name = $1",
);
const ONLY_DUE = statement<[name: string]>(
  "test.onlyDue",
  "update schedules set enabled = name = $1, next_at = now()",
);

interface Scene {
  readonly server: TestServer;
  /** Requests /cron/<path>; by default with the secret. */
  cron(path: string, init?: RequestInit): Promise<Response>;
  jobs(): Promise<number>;
}

async function withCron(
  db: Database,
  test: (scene: Scene) => Promise<void>,
  options: { readonly cronSecret?: string | null; readonly cronTimeoutMs?: number } = {},
): Promise<void> {
  await ensureBuiltInSchedules({ db });
  await withServer(db, (server) =>
    test({
      server,
      cron: (path, init) =>
        fetch(new URL(`/cron/${path}`, server.url), {
          headers: { authorization: `Bearer ${SECRET}` },
          ...init,
        }),
      jobs: async () => (await db.run(COUNT_JOBS))[0]?.n ?? 0,
    }), { cronSecret: SECRET, ...options });
}

async function read(response: Response): Promise<[status: number, body: unknown]> {
  return [response.status, await response.json()];
}

onEveryDatabase(
  "/cron answers 404 without CRON_SECRET, also to a browser",
  ({ db }) =>
    withCron(db, async ({ cron, jobs }) => {
      for (const path of ["retry-failed", "tick"]) {
        for (const method of ["GET", "POST"]) {
          const response = await cron(path, { method, headers: { accept: "text/html" } });
          assert.equal(response.status, 404);
          await response.body?.cancel();
        }
      }
      assert.equal(await jobs(), 0);
    }, { cronSecret: null }),
);

onEveryDatabase(
  "/cron fires nothing without the right secret",
  ({ db }) =>
    withCron(db, async ({ cron, jobs }) => {
      await db.run(ONLY_DUE, "retry-failed");
      const headers: Record<string, string>[] = [
        {},
        { authorization: "" },
        { authorization: SECRET },
        { authorization: `Bearer ${SECRET}x` },
        { authorization: `Bearer ${SECRET.slice(0, -1)}` },
      ];
      for (const path of ["retry-failed", "tick", "unknown"]) {
        for (const header of headers) {
          const response = await cron(path, { headers: header });
          assert.equal(response.status, 401);
          assert.equal(response.headers.get("www-authenticate"), "Bearer");
          await response.body?.cancel();
        }
      }
      assert.equal(await jobs(), 0);
    }),
);

onEveryDatabase(
  "/cron/<name> refuses unknown, paused and held schedules",
  ({ db }) =>
    withCron(db, async ({ cron, jobs, server }) => {
      await db.run(PAUSE, "cleanup");
      const refused = [["unknown", 404], ["", 404], ["%00", 404], ["cleanup", 409]] as const;
      for (const [path, status] of refused) {
        const response = await cron(path);
        assert.equal(response.status, status, path);
        await response.body?.cancel();
      }
      await putOnHold(server.services, "Restored");
      const [status, body] = await read(await cron("retry-failed"));
      assert.equal(status, 409);
      assert.match(JSON.stringify(body), /on hold/);
      assert.equal(await jobs(), 0);
    }),
);

onEveryDatabase(
  "/cron/<id> fires a schedule of an organization, for that organization",
  ({ db }) =>
    withCron(db, async ({ cron, server: { services } }) => {
      const { id: organizationId, admin } = await createOrganization(db);
      const { schedule: { id } } = await createSchedule(services, admin, {
        name: "tidy up",
        kind: "CLEANUP_DELIVERIES",
        payload: { daysToKeep: 30 },
        cron: "0 4 * * 1",
        timezone: "UTC",
        enabled: true,
      });
      const [status, body] = await read(await cron(toTypeId("schedule", id)));
      assert.equal(status, 202);
      assert.match(JSON.stringify(body), /"schedule":"tidy up","job":"job_/);
      const [job] = await db.run(JOBS_OF, "CLEANUP_DELIVERIES");
      assert.deepEqual(job, { organizationId });
    }, { cronTimeoutMs: 50 }),
);

onEveryDatabase(
  "/cron/<name> answers 202 with the job's id if the job continues",
  ({ db }) =>
    withCron(db, async ({ cron, jobs }) => {
      const [status, first] = await read(await cron("retry-failed"));
      assert.equal(status, 202);
      assert.match(JSON.stringify(first), /"job":"job_/);
      // The unfinished job counts for the second request, too.
      assert.deepEqual(await read(await cron("retry-failed", { method: "POST" })), [202, first]);
      assert.equal(await jobs(), 1);
    }, { cronTimeoutMs: 50 }),
);

onEveryMail("/cron/<name> answers with what the job did", async (mail) => {
  const { db, services, organization: { admin }, smtp, worker, send } = mail;
  smtp.replies.reject = () => "451 4.3.0 Try again";
  const { id } = await send({ to: { list: people(120) }, retry: { mode: "CRON", maxAttempts: 3 } });
  await worker.runQueued();
  await withCron(db, async ({ cron, jobs }) => {
    const before = await jobs();
    const response = cron("retry-failed");
    await until("the job is enqueued", async () => await jobs() > before);
    // Takes only what is queued at first, so that the retried batches wait.
    worker.start(await worker.claim(1));
    await worker.untilIdle();
    const [status, body] = await read(await response);
    const { status: messageStatus, title } = await getMessage(services, admin, id);
    assert.deepEqual([status, { ...Object(body), job: null }], [200, {
      schedule: "retry-failed",
      job: null,
      processed: 1,
      recipients: 120,
      results: [{
        messageId: toTypeId("message", id),
        title,
        status: messageStatus,
        recipients: 120,
        batches: 2,
        attempt: 2,
      }],
    }]);
  });
  await worker.runQueued();
});

onEveryDatabase(
  "/cron/tick fires what is due and waits until the queue is empty",
  ({ db }) =>
    withCron(db, async ({ cron, jobs, server }) => {
      await db.run(ONLY_DUE, "retry-failed");
      const channel = openCaptureChannel(makeDataDir(), "noreply@example.com");
      const worker: MailWorker = await startMailWorker(server.services, { channel });
      const response = cron("tick");
      await until("the job is enqueued", async () => await jobs() > 0);
      await worker.runQueued();
      const [status, body] = await read(await response);
      assert.equal(status, 200);
      const { fired, ...sum } = Object(body);
      assert.deepEqual(sum, {
        schedule: "tick",
        job: null,
        processed: 0,
        recipients: 0,
        results: [],
        drained: true,
      });
      assert.deepEqual(fired.map(({ schedule }: { schedule: string }) => schedule), [
        "retry-failed",
      ]);
      const { fired: again } = Object((await read(await cron("tick")))[1]);
      assert.deepEqual(again, []);
    }),
);

onEveryDatabase(
  "/cron/tick answers 202 while jobs are left",
  ({ db }) =>
    withCron(db, async ({ cron }) => {
      await db.run(ONLY_DUE, "cleanup");
      const [status, body] = await read(await cron("tick", { method: "POST" }));
      assert.equal(status, 202);
      assert.equal(Object(body).drained, false);
    }, { cronTimeoutMs: 50 }),
);
