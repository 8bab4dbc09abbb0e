// Learning: the time of a run over 10,000 mails beside the time of the model, which answers each batch of 10 mails
// after 2 s, four at a time. PostgreSQL only. Options for a short run: --mails, --ms.
import { parseArgs } from "node:util";
import { LONG, statement } from "../../src/db/database.ts";
import { estimateLearning } from "../../src/domain/learning/estimate.ts";
import { getRun } from "../../src/domain/learning/find.ts";
import { startEmailLearning } from "../../src/domain/learning/start.ts";
import { learnEmailsHandler } from "../../src/handlers/learn_emails.ts";
import { createBus } from "../../src/events/bus.ts";
import { waitForJobs } from "../../src/domain/jobs/wait.ts";
import { JOB_KINDS } from "../../src/domain/jobs/kinds.ts";
import { bindHandlers } from "../../src/queue/handler.ts";
import { startWorker } from "../../src/queue/worker.ts";
import { createOrganization } from "../support/callers.ts";
import { testDatabase } from "../support/database.ts";
import { teach } from "../support/learning.ts";
import { startModelServer } from "../support/model_server.ts";
import { openTestModel } from "../support/models.ts";
import { report } from "./report.ts";

const { values } = parseArgs({
  options: {
    mails: { type: "string", default: "10000" },
    ms: { type: "string", default: "2000" },
  },
});
const MAILS = Number(values.mails);
const MODEL_MS = Number(values.ms);
const BATCH = 10;
const IN_PROGRESS = 4;
const MAX_MS = 60 * 60_000;
const INPUT = { relearn: false, priority: 0 };

// Each mail answers one of a customer.
const FILL = statement<[organizationId: string, count: number]>(
  "bench.fillLearning",
  `insert into emails (id, organization_id, direction, kind, message_id, in_reply_to, from_address, subject,
     text, reply_text, received_at)
   select uuid_v7(), $1, d.direction, d.kind, d.direction || n || '@bench',
     case d.direction when 'OUTBOUND' then 'INBOUND' || n || '@bench' end, 'shop@example.org', 'Mail ' || n,
     repeat('We deliver within 3 days. ', 40), repeat('We deliver within 3 days. ', 40), now()
   from generate_series(1, $2) n, (values ('INBOUND', 'PERSON'), ('OUTBOUND', 'OWN')) d(direction, kind)`,
  LONG,
);
const ANALYZE = statement<[]>("bench.analyze", "analyze", LONG);

const { db, close } = await testDatabase();
const services = { db, bus: createBus() };
const { id, admin } = await createOrganization(db);
await db.run(FILL, id, MAILS);
await db.run(ANALYZE);
await using server = await startModelServer({ reply: teach, delayMs: MODEL_MS });
await using model = await openTestModel(services, server);
const { LEARN_EMAILS } = JOB_KINDS;
const handlers = { LEARN_EMAILS: learnEmailsHandler(services, model.caller) };
const worker = await startWorker(services, {
  handlers: bindHandlers({ LEARN_EMAILS }, handlers),
  lanes: new Map([["LEARNING", 1]]),
});

const start = performance.now();
await estimateLearning(services, admin, INPUT);
report("learningEstimate", `${(performance.now() - start).toFixed(0)} ms`);

const { run, job } = await startEmailLearning(services, admin, INPUT);
await waitForJobs(services, [job.id], { timeoutMs: MAX_MS, signal: new AbortController().signal });
const ended = await getRun(services, admin, run.id);
const { startedAt, finishedAt, succeeded } = ended;
const duration = (finishedAt?.getTime() ?? NaN) - (startedAt?.getTime() ?? NaN);
// The bare time of the stand-in: its calls one after another in as many places.
const modelMs = Math.ceil(MAILS / BATCH / IN_PROGRESS) * MODEL_MS;
report("mails learned", `${succeeded}, ${server.asks.length} calls`);
report("time of the run", `${(duration / 1_000).toFixed(1)} s`);
report("time of the model", `${(modelMs / 1_000).toFixed(1)} s`);
report("overhead of a batch", `${((duration / modelMs - 1) * MODEL_MS).toFixed(0)} ms`);
report("overhead", `${((duration / modelMs - 1) * 100).toFixed(1)} %`);
await worker.stop();
await services.bus.close();
await close();
