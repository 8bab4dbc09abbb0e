import assert from "node:assert/strict";
import { listSources, readSource } from "./support/imports.ts";
import { findForeignWrites, findTables, type Owners } from "./support/table_writers.ts";

const OWNERS: Owners = {
  organizations: "access",
  api_keys: "access",
  notifications: "notifications",
  notification_events: "notifications",
  notification_users: "notifications",
  problems: "problems",
  problem_reports: "problems",
  problem_hours: "problems",
  problem_affected: "problems",
  problem_examples: "problems",
  problem_decisions: "problems",
  jobs: "jobs",
  job_attempts: "jobs",
  job_events: "jobs",
  job_outcomes: "jobs",
  job_stats: "jobs",
  workers: "jobs",
  worker_hosts: "jobs",
  renewals: "jobs",
  lanes: "jobs",
  schedules: "schedules",
  schedule_fires: "schedules",
  templates: "templates",
  template_versions: "templates",
  prompts: "prompts",
  prompt_versions: "prompts",
  prompt_trials: "prompt_trials",
  prompt_trial_results: "prompt_trials",
  outbox: "outbox",
  outbox_subscriptions: "outbox",
  webhook_endpoints: "webhooks",
  webhook_calls: "webhooks",
  webhook_attempts: "webhooks",
  webhook_listeners: "webhooks",
  suppressions: "suppressions",
  secrets: "suppressions",
  contacts: "contacts",
  audiences: "audiences",
  audience_recipients: "audiences",
  audience_refused_rows: "audiences",
  providers: "providers",
  provider_paces: "providers",
  provider_acceptances: "providers",
  batches: "deliveries",
  deliveries: "deliveries",
  delivery_attempts: "deliveries",
  delivery_stats: "deliveries",
  delivery_minutes: "deliveries",
  provider_events: "deliveries",
  messages: "messages",
  campaigns: "campaigns",
  enrolments: "campaigns",
  processor: "campaigns",
  quotes: "quotes",
  quote_images: "quotes",
  threads: "emails",
  emails: "emails",
  inbound_secrets: "inbound_routes",
  suggestions: "inbox",
  suggestion_sources: "inbox",
  learning_runs: "learning",
  learning_failures: "learning",
  learned_emails: "learning",
  facts: "knowledge",
  fact_evidence: "knowledge",
  topics: "knowledge",
  email_topics: "knowledge",
  writing_styles: "knowledge",
  orders: "orders",
  bulk_actions: "bulk_actions",
  bulk_action_items: "bulk_actions",
  ai_prices: "ai_usage",
  ai_calls: "ai_usage",
  ai_stats: "ai_usage",
  ai_budgets: "ai_usage",
  installation: "installation",
};

async function readMigrations(): Promise<Map<string, string>> {
  const directory = new URL("../migrations/", import.meta.url);
  const names = (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name).sort();
  const read = async (name: string): Promise<[string, string]> => [
    name,
    await Deno.readTextFile(new URL(name, directory)),
  ];
  return new Map(await Promise.all(names.map(read)));
}

Deno.test("every table is written by the noun that owns it", async () => {
  const paths = await listSources(["src", "schema"]);
  const sources = await Promise.all(
    paths.map(async (path): Promise<[string, string]> => [path, await readSource(path)]),
  );
  const tables = findTables(await readMigrations());
  assert.equal(findForeignWrites(new Map(sources), OWNERS, tables).join("\n"), "");
});

// The following tests show that the check can fail.

const PLAN = "src/domain/messages/plan.ts";
const TABLES = Object.keys(OWNERS);

function faultsOf(path: string, text: string): string[] {
  return findForeignWrites(new Map([[path, text]]), OWNERS, TABLES);
}

for (
  const [path, text, table] of [
    [PLAN, "`insert into deliveries (id) values ($1)`", "deliveries"],
    [PLAN, "`with b as (\n     INSERT  INTO\n batches as b (id)`", "batches"],
    [PLAN, "`update jobs set status = 'QUEUED'`", "jobs"],
    [PLAN, "`delete from only suppressions where id = $1`", "suppressions"],
    [PLAN, "`truncate table providers`", "providers"],
    [PLAN, "`merge into audiences a using x on a.id = x.id`", "audiences"],
    [PLAN, 'builder.updateTable("deliveries as d").set({ status })', "deliveries"],
    [PLAN, 'eraserOfRows("orders.erase", "orders")', "orders"],
    [PLAN, 'eraserByIds(\n  "messages.erase",\n  "audiences",\n)', "audiences"],
    [PLAN, '[{ table: "quote_images", key: "quote_id" }]', "quote_images"],
    [PLAN, 'userReleaser("jobs.eraseUser", "jobs")', "jobs"],
    [
      "src/domain/deliveries/retry.ts",
      "`begun as (update messages m set status = $1)`",
      "messages",
    ],
    ["src/domain/page.ts", "`delete from jobs`", "jobs"],
    ["src/queue/loop.ts", "`update workers set lease_until = now()`", "workers"],
  ] as const
) {
  Deno.test(`findForeignWrites() finds that ${path} writes: ${text.replaceAll("\n", " ")}`, () => {
    const [fault = "", ...others] = faultsOf(path, text);
    assert.match(fault, new RegExp(`^${path}:\\d+ writes ${table}, which belongs to `));
    assert.deepEqual(others, []);
  });
}

Deno.test("findForeignWrites() names the line", () => {
  const [fault = ""] = faultsOf(PLAN, "const ID = 1;\n\n`update batches set step = 1`");
  assert.ok(fault.startsWith(`${PLAN}:3 `), fault);
});

for (
  const text of [
    "`update messages set status = 'SENT'`",
    "`select from batches b join jobs j on j.id = b.job_id for no key update of j`",
    "`select from jobs for update skip locked`",
    "`insert into messages as m (id) values ($1) on conflict (id) do update set id = m.id`",
    "countOutcomes(`select * from deliveries`)",
  ]
) {
  Deno.test(`findForeignWrites() accepts of messages: ${text}`, () => {
    assert.deepEqual(faultsOf(PLAN, text), []);
  });
}

Deno.test("findForeignWrites() names a table without an owner, and an owner without a table", () => {
  const tables = findTables(
    new Map([
      ["0001.sql", "create table invoices (\n id uuid\n);\ncreate table drafts (id uuid);"],
      ["0002.sql", "drop table drafts;"],
    ]),
  );
  assert.deepEqual(findForeignWrites(new Map(), { carts: "orders" }, tables), [
    "invoices has no owner: add the noun that writes it",
    "carts has an owner, but no migration creates it: remove it",
  ]);
});
