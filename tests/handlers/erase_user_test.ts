import assert from "node:assert/strict";
import { type Database, statement } from "../../src/db/database.ts";
import { createApiKey } from "../../src/domain/access/api_keys.ts";
import { authenticateKey } from "../../src/domain/access/authenticate.ts";
import { updateBudget } from "../../src/domain/ai_usage/update_budget.ts";
import { startBulkAction } from "../../src/domain/bulk_actions/start.ts";
import { eraseUser } from "../../src/domain/erasure/erase_user.ts";
import { ConflictError, ForbiddenError } from "../../src/domain/errors.ts";
import { listJobs } from "../../src/domain/jobs/list.ts";
import { compactJobStats } from "../../src/domain/jobs/stats.ts";
import { retryJob } from "../../src/domain/jobs/retry.ts";
import { upsertFact } from "../../src/domain/knowledge/upsert.ts";
import { getMessage } from "../../src/domain/messages/find.ts";
import { sendMessage } from "../../src/domain/messages/send.ts";
import { deliverNotifications } from "../../src/domain/notifications/deliver.ts";
import { rememberUser } from "../../src/domain/notifications/settings.ts";
import { resolveProblem } from "../../src/domain/problems/decide.ts";
import { createSchedule } from "../../src/domain/schedules/create.ts";
import { runSchedule } from "../../src/domain/schedules/run.ts";
import { promotePrompt } from "../../src/domain/prompts/promote.ts";
import { savePrompt } from "../../src/domain/prompts/save.ts";
import { startPromptTrial } from "../../src/domain/prompt_trials/start.ts";
import { saveTemplate } from "../../src/domain/templates/save.ts";
import { addContacts } from "../support/contacts.ts";
import { issuesOf } from "../support/issues.ts";
import { onEveryMail, type TestMail } from "../support/mail.ts";
import { importPeople, messageInput } from "../support/messages.ts";
import { failJobs, problemOf } from "../support/problems.ts";
import { tablesWith } from "../support/row_texts.ts";
import { PAST_CONTACTS } from "../support/trials.ts";

const USER = "erased-user-4711";

// The rows of a person who answers mails and has learned from them, without the mails and jobs that they belong to.
const ADD_INBOX_ROWS = statement<[organizationId: string, userId: string]>(
  "test.addInboxRows",
  `with secret as (
     insert into inbound_secrets (organization_id, kind, secret, created_by)
     values ($1, 'EMAIL', 'sealed', $2)
   ),
   run as (
     insert into learning_runs (id, organization_id, started_by, job_id, selection, relearn, status)
     values (gen_random_uuid(), $1, $2, gen_random_uuid(), '{}', false, 'COMPLETED')
   )
   insert into suggestions (id, organization_id, thread_id, email_id, job_id, edited_text, edited_at,
     edited_by, rating_good, rated_by)
   values (gen_random_uuid(), $1, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'Hi', now(),
     $2, true, $2)`,
);

/** Stores the user in every table that has users. */
async function setUp(mail: TestMail) {
  const { services, organization: { admin }, worker } = mail;
  const user = { ...admin, userId: USER };
  const { secret } = await createApiKey(services, admin, {
    name: "Laptop",
    role: "ADMIN",
    userId: USER,
  });
  const [failed = ""] = await failJobs(mail, ["No answer"], {}, "CLEANUP");
  await retryJob(services, user, failed);
  await resolveProblem(services, user, (await problemOf(mail)).id, null);
  await importPeople(services, user, 1);
  const { message } = await sendMessage(services, user, messageInput());
  await worker.runQueued();
  await compactJobStats(services);
  await rememberUser(services.db, user);
  await deliverNotifications(services);
  const { message: second } = await sendMessage(services, user, messageInput());
  await worker.runQueued();
  assert.equal(second.userId, USER);
  const { message: waiting } = await sendMessage(
    services,
    user,
    messageInput({ sendAt: new Date(Date.now() + 3_600_000) }),
  );
  const { schedule } = await createSchedule(services, user, {
    name: "Nightly",
    kind: "RETRY_FAILED",
    payload: {},
    cron: "0 0 1 1 *",
    timezone: "UTC",
    enabled: true,
  });
  await runSchedule(services, user, schedule.id);
  const content = { subject: "Hello", html: "<p>Hello</p>" };
  await saveTemplate(services, user, { name: "June", content });
  const prompt = await savePrompt(services, user, { name: "quote", text: "{{ data_notice }}" });
  await promotePrompt(services, user, prompt.id);
  await addContacts(services, admin, [{ email: "max@example.net" }]);
  const tried = { promptId: prompt.id, sampleSize: 1 };
  await startPromptTrial(services, user, tried, { quote: PAST_CONTACTS });
  await updateBudget(services, user, { warnAtFraction: 0.5 });
  await upsertFact(services, user, { question: "When?", answer: "Now.", scope: "all" });
  await services.db.run(ADD_INBOX_ROWS, admin.organizationId, USER);
  await startBulkAction(services, user, {
    target: { action: "RETRY", deliveries: { filter: { retryable: true } }, force: false },
    stages: [1],
    stopAtFailedFraction: 0.5,
  });
  return { secret, message, waiting };
}

const USER_COLUMNS = statement<[], { name: string }>(
  "test.userColumns",
  `select c.table_name || '.' || c.column_name as name from information_schema.columns c
     join information_schema.tables t using (table_schema, table_name)
   where t.table_schema = 'public' and t.table_type = 'BASE TABLE'
     and (c.column_name ~ '(^|_)user_id$' or c.column_name ~ '_by$') and c.data_type = 'text'
   order by 1`,
);

// Columns of the installation, whose users are operators.
const NOT_ERASED = ["lanes.paused_by"];

async function columnsWithout(db: Database, tables: readonly string[]): Promise<string[]> {
  const columns = (await db.run(USER_COLUMNS)).map(({ name }) => name);
  return columns.filter((column) =>
    !tables.includes(column.split(".")[0] ?? "") && !NOT_ERASED.includes(column)
  );
}

onEveryMail("ERASE_USER erases a user from all tables except its own job", async (mail) => {
  const { db, services, organization: { admin }, worker } = mail;
  const { secret, message, waiting } = await setUp(mail);
  // A new table with users must be added to setUp() and to the erasers.
  assert.deepEqual(await columnsWithout(db, await tablesWith(db, USER)), []);
  assert.ok(await authenticateKey(services, secret));
  await eraseUser(services, admin, USER);
  await worker.runQueued();
  assert.deepEqual(await tablesWith(db, USER), ["jobs"]);
  const { edges } = await listJobs(services, admin, {}, "CREATED_DESC", {});
  const named = edges.filter(({ node }) => JSON.stringify(node).includes(USER));
  assert.deepEqual(named.map(({ node }) => node.kind), ["ERASE_USER"]);
  assert.equal(await authenticateKey(services, secret), null);
  assert.equal((await getMessage(services, admin, message.id)).status, "SENT");
  const { status, userId } = await getMessage(services, admin, waiting.id);
  assert.deepEqual([status, userId], ["SCHEDULED", null]);
  const plan = edges.find(({ node }) => node.kind === "PLAN_MESSAGE");
  assert.deepEqual([plan?.node.status, plan?.node.userId], ["SCHEDULED", null]);
});

onEveryMail("eraseUser() refuses MEMBERs, the caller, and users of a higher role", async (mail) => {
  const { services, organization: { admin, member, operator } } = mail;
  await createApiKey(services, operator, { name: "Ops", role: "OPERATOR", userId: "ops" });
  await assert.rejects(eraseUser(services, member, "cleo"), ForbiddenError);
  await assert.rejects(eraseUser(services, admin, "ops"), ForbiddenError);
  await assert.rejects(eraseUser(services, admin, "ada"), ConflictError);
  assert.deepEqual(await issuesOf(() => eraseUser(services, admin, " ")), ["userId REQUIRED"]);
  const job = await eraseUser(services, operator, "ops");
  assert.equal((await eraseUser(services, operator, "ops")).id, job.id);
});
