import assert from "node:assert/strict";
import dashboardConfig from "../dashboard/deno.json" with { type: "json" };
import denoConfig from "../deno.json" with { type: "json" };
import { readMigrations } from "../src/db/migration.ts";
import {
  findCycles,
  findForbiddenImports,
  findOrphans,
  type Graph,
} from "./support/architecture.ts";
import { listSources, readImports, readSource } from "./support/imports.ts";

const MAX_LINES = 300;

const sources = await listSources(["schema", "src", "dashboard", "demo", "tests"]);
const graph = await readImports(sources);

function assertNone(faults: readonly string[]): void {
  assert.equal(faults.join("\n"), "");
}

Deno.test("files import only what the import table allows", () => {
  assertNone(findForbiddenImports(graph));
});

Deno.test("imports form no cycle", () => {
  assertNone(findCycles(graph));
});

Deno.test("every file is imported", () => {
  assertNone(findOrphans(graph));
});

Deno.test(`no file has more than ${MAX_LINES} lines`, async () => {
  const faults = [];
  for (const path of sources) {
    const lines = (await readSource(path)).trimEnd().split("\n").length;
    if (lines > MAX_LINES) faults.push(`${path} has ${lines} lines: split it by responsibility`);
  }
  assertNone(faults);
});

Deno.test("packages of the server and of the dashboard that are the same have the same version", () => {
  const dashboard: Readonly<Record<string, string>> = dashboardConfig.imports;
  assertNone(
    Object.entries(denoConfig.imports)
      .filter(([name, specifier]) => (dashboard[name] ?? specifier) !== specifier)
      .map(([name]) => `dashboard/deno.json: pin ${name} as in deno.json`),
  );
});

Deno.test("files of the dashboard have fewer than 200 lines", async () => {
  const faults = [];
  for (const path of sources.filter((path) => path.startsWith("dashboard/"))) {
    const lines = (await readSource(path)).trimEnd().split("\n").length;
    if (lines >= 200) faults.push(`${path} has ${lines} lines: split it by responsibility`);
  }
  assertNone(faults);
});

Deno.test("only src/config reads the environment", async () => {
  const faults = [];
  for (const path of sources) {
    if (path.startsWith("src/config/") || /^(tests|demo)\//.test(path)) continue;
    if (/\b(Deno|process)\.env\b/.test(await readSource(path))) {
      faults.push(`${path} reads the environment: take the value from src/config`);
    }
  }
  assertNone(faults);
});

Deno.test("statements stand beside the function that runs them: none is exported", async () => {
  const faults = [];
  for (const path of sources) {
    const [, name] = /export const (\w+) = statement\b/.exec(await readSource(path)) ?? [];
    if (name) faults.push(`${path} exports the statement ${name}: export a function that runs it`);
  }
  assertNone(faults);
});

Deno.test("every package is pinned exactly, and imported by its bare name", async () => {
  const packages = { ...denoConfig.imports, ...dashboardConfig.imports };
  const faults = Object.entries(packages)
    .filter(([, specifier]) => !/^npm:(@[\w.-]+\/)?[\w.-]+@\d+\.\d+\.\d+$/.test(specifier))
    .map(([name]) => `deno.json: pin ${name} as npm:name@1.2.3`);
  for (const path of sources) {
    if (/\bfrom "npm:/.test(await readSource(path))) {
      faults.push(`${path} names a package's version: put it into deno.json`);
    }
  }
  assertNone(faults);
});

Deno.test("migrations are numbered without a gap", async () => {
  const migrations = await readMigrations(new URL("../migrations/", import.meta.url));
  assert.ok(migrations.length > 0);
});

// The following tests prove that the checks can fail.

function graphOf(imports: Record<string, readonly string[]>): Graph {
  return new Map(
    Object.entries(imports).map(([from, targets]) => [
      from,
      targets.map((target) => ({
        to: target.replace("type ", ""),
        typesOnly: target.startsWith("type "),
      })),
    ]),
  );
}

Deno.test("findForbiddenImports() accepts allowed imports", () => {
  assertNone(findForbiddenImports(graphOf({
    "src/main.ts": ["src/app/serve.ts", "src/config/config.ts"],
    "src/app/serve.ts": ["src/server/server.ts", "schema/schema.ts", "src/queue/loop.ts"],
    "schema/jobs/job.ts": [
      "src/domain/jobs/find.ts",
      "type src/events/bus.ts",
      "schema/kit/builder.ts",
    ],
    "src/server/server.ts": ["src/domain/access/access.ts", "npm:hono@4.13.19"],
    "src/queue/loop.ts": ["src/domain/jobs/claim.ts", "src/events/bus.ts", "node:os"],
    "src/domain/messages/plan.ts": [
      "src/db/database.ts",
      "src/domain/jobs/enqueue.ts",
      "src/domain/messages/message.ts",
      "src/domain/errors.ts",
      "type src/channels/channel.ts",
    ],
    "tests/server/app_test.ts": ["src/server/server.ts", "src/config/config.ts"],
  })));
});

for (
  const [from, to, advice] of [
    ["src/domain/jobs/claim.ts", "src/server/server.ts", "pass it as an argument"],
    ["src/domain/jobs/claim.ts", "src/domain/messages/plan.ts", "reverse the import"],
    ["src/domain/jobs/claim.ts", "src/domain/invoices/invoice.ts", "put the noun into the order"],
    ["src/domain/errors.ts", "src/domain/jobs/job.ts", "must not import a noun"],
    ["src/domain/messages/plan.ts", "src/channels/email/smtp.ts", "say import type"],
    ["src/domain/jobs/claim.ts", "src/config/config.ts", "pass it as an argument"],
    ["src/config/mail.ts", "src/channels/email/smtp.ts", "pass it as an argument"],
    ["src/queue/loop.ts", "src/domain/messages/plan.ts", "pass it as an argument"],
    ["src/handlers/cleanup.ts", "src/queue/worker.ts", "say import type"],
    ["src/sending/sender.ts", "type src/queue/handler.ts", "pass it as an argument"],
    ["src/server/server.ts", "src/db/database.ts", "src/domain;"],
    ["src/server/server.ts", "type src/queue/loop.ts", "src/domain;"],
    ["src/server/server.ts", "src/channels/email/replies.ts", "src/domain;"],
    ["src/server/webhooks/dsn.ts", "src/channels/email/smtp.ts", "pass it as an argument"],
    ["src/server/server.ts", "src/app/serve.ts", "may be imported by src/main.ts"],
    ["src/events/bus.ts", "type src/db/database.ts", "may import nothing"],
    ["schema/jobs/job.ts", "src/events/bus.ts", "say import type"],
    ["src/newcomer/new.ts", "src/db/database.ts", "has no row"],
    ["src/main.ts", "jsr:@std/path@1", "from npm only"],
    ["src/main.ts", "src/db/database.ts", "pass it as an argument"],
    ["tests/main_test.ts", "src/main.ts", "move shared code out of it"],
    ["dashboard/app.tsx", "src/domain/id.ts", "pass it as an argument"],
  ] as const
) {
  Deno.test(`findForbiddenImports() refuses that ${from} imports ${to}`, () => {
    const [fault = "", ...others] = findForbiddenImports(graphOf({ [from]: [to] }));
    assert.ok(fault.includes(advice), fault);
    assert.deepEqual(others, []);
  });
}

Deno.test("findCycles() reports a cycle once, with its path", () => {
  const faults = findCycles(graphOf({
    "src/a.ts": ["src/b.ts"],
    "src/b.ts": ["type src/c.ts"],
    "src/c.ts": ["src/b.ts"],
  }));
  assert.equal(faults.length, 1);
  assert.match(faults[0] ?? "", /^src\/b\.ts → src\/c\.ts → src\/b\.ts: /);
});

Deno.test("findOrphans() reports files reached only by tests, and support files reached by none", () => {
  const faults = findOrphans(graphOf({
    "src/main.ts": ["src/used.ts"],
    "src/used.ts": [],
    "src/tested_only.ts": [],
    "tests/some_test.ts": ["src/tested_only.ts", "tests/support/used.ts"],
    "tests/support/used.ts": [],
    "tests/support/unused.ts": [],
    "tests/support/programs/started.ts": [],
  }));
  assert.deepEqual(faults.map((fault) => fault.split(" ")[0]), [
    "src/tested_only.ts",
    "tests/support/unused.ts",
  ]);
});
