import assert from "node:assert/strict";
import { storedMetrics } from "../../../src/app/stored_metrics.ts";
import { enqueueJobs } from "../../../src/domain/jobs/enqueue.ts";
import { putOnHold } from "../../../src/domain/installation/hold.ts";
import { createBus } from "../../../src/events/bus.ts";
import type { StoredMetric } from "../../../src/server/ops/metrics.ts";
import { watchEventLoop } from "../../../src/server/ops/event_loop.ts";
import { createMeter } from "../../../src/server/ops/meter.ts";
import { onEveryDatabase, onPostgres } from "../../support/database.ts";
import { type TestServer, type TestServerOptions, withServer } from "../../support/server.ts";

const TOKEN = "scraper-of-this-test";

async function scrape(
  { url }: Pick<TestServer, "url">,
  credentials: string | null = TOKEN,
): Promise<Response> {
  const headers: HeadersInit = credentials === null
    ? {}
    : { authorization: `Bearer ${credentials}` };
  return await fetch(new URL("/metrics", url), { headers });
}

async function withMetrics(
  metrics: Partial<TestServerOptions["metrics"]>,
  db: Parameters<typeof withServer>[0],
  test: (text: string) => void,
): Promise<void> {
  const eventLoop = watchEventLoop();
  try {
    await withServer(
      db,
      async (server) => test(await (await scrape(server)).text()),
      { metricsToken: TOKEN, metrics: { stored: [], eventLoop, ...metrics } },
    );
  } finally {
    eventLoop.stop();
  }
}

onEveryDatabase(
  "GET /metrics returns the state of the installation",
  ({ db }) =>
    withServer(db, async (server) => {
      const { organization: { id: organizationId }, services } = server;
      const job = { organizationId, userId: null, kind: "CLEANUP", payload: {} } as const;
      await enqueueJobs(db, [job, job, { ...job, runAt: new Date("2040-01-01T00:00:00Z") }]);
      await putOnHold(services, "Restored");
      await server.post("{ viewer { id } }", { key: null });
      const response = await scrape(server);
      assert.match(response.headers.get("content-type") ?? "", /^text\/plain/);
      const text = await response.text();
      const lines = new Set(text.split("\n"));
      for (
        const line of [
          'waybill_jobs{lane="SYSTEM",status="QUEUED"} 2',
          'waybill_jobs{lane="SYSTEM",status="SCHEDULED"} 1',
          'waybill_provider_up{provider="smtp.example.com:587",channel="EMAIL"} 1',
          'waybill_lane_paused{lane="BULK"} 0',
          "waybill_held 1",
          "waybill_open_problems 0",
          "waybill_pending_deliveries 0",
          "waybill_workers 0",
          'waybill_messages{status="PAUSED"} 0',
          'waybill_database_pool{state="waiting"} 0',
          'waybill_build_info{version="1.2.3"} 1',
          'waybill_http_request_duration_seconds_count{route="/graphql",method="POST",status="401"} 1',
        ]
      ) assert.ok(lines.has(line), `${line} in:\n${text}`);
      assert.match(text, /^waybill_oldest_job_wait_seconds\{lane="SYSTEM"\} \d/m);
      assert.match(text, /^process_resident_memory_bytes \d{7,}$/m);
    }, { metricsToken: TOKEN }),
);

onPostgres(
  "the metrics follow the conventions of Prometheus",
  ({ db }) =>
    withServer(db, async (server) => {
      const text = await (await scrape(server)).text();
      const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
      assert.ok(types.length > 20);
      for (const [, name = "", type] of types) {
        assert.match(name, /^(waybill|process)_[a-z_]+$/);
        assert.equal(name.endsWith("_total"), type === "counter", `${name} is a ${type}`);
        assert.match(text, new RegExp(`^# HELP ${name} \\S.*\\.$`, "m"));
        if (type === "histogram") assert.match(name, /_seconds$/);
      }
    }, { metricsToken: TOKEN }),
);

onPostgres("the dashboard and the alert rules name metrics that exist", async ({ db }) => {
  const eventLoop = watchEventLoop();
  const docs = new URL("../../../docs/", import.meta.url);
  await withServer(db, async (server) => {
    const types = (await (await scrape(server)).text()).matchAll(/^# TYPE (\S+)/gm);
    const served = new Set(types.map(([, name]) => name));
    for (const file of ["grafana/waybill.json", "prometheus/alerts.yml"]) {
      const text = await Deno.readTextFile(new URL(file, docs));
      const named = text.matchAll(/\b(?:waybill|process)_[a-z_]+/g)
        .map(([name]) => name.replace(/_(bucket|count|sum)$/, "")).toArray();
      assert.ok(named.length > 10);
      assert.deepEqual(named.filter((name) => !served.has(name)), [], file);
    }
  }, {
    metricsToken: TOKEN,
    metrics: { stored: storedMetrics({ db, bus: createBus() }), eventLoop, meter: createMeter() },
  });
  eventLoop.stop();
});

onPostgres(
  "GET /metrics requires METRICS_TOKEN or the key of an OPERATOR",
  ({ db }) =>
    withServer(db, async (server) => {
      const { keys } = server;
      for (const refused of [null, keys.ADMIN, keys.MEMBER, `${TOKEN}x`, ""]) {
        const response = await scrape(server, refused);
        assert.equal(response.status, 401);
        assert.equal(response.headers.get("www-authenticate"), "Bearer");
        assert.match(await response.text(), /METRICS_TOKEN/);
      }
      for (const accepted of [TOKEN, keys.OPERATOR]) {
        const response = await scrape(server, accepted);
        assert.equal(response.status, 200);
        await response.body?.cancel();
      }
    }, { metricsToken: TOKEN }),
);

onPostgres(
  "GET /metrics counts requests with unknown methods in one series",
  ({ db }) =>
    withServer(db, async (server) => {
      for (const method of ["BREW", "STEEP"]) {
        const response = await fetch(new URL("/healthz", server.url), { method });
        await response.body?.cancel();
      }
      const text = await (await scrape(server)).text();
      assert.match(text, /_count\{[^}]*method="other",status="404"\} 2$/m);
    }, { metricsToken: TOKEN }),
);

onPostgres("GET /metrics omits a metric that cannot be read", ({ db }) => {
  const stored: StoredMetric[] = [
    {
      name: "waybill_unreadable",
      help: "Unreadable.",
      read: () => Promise.reject(new Error("no connection")),
    },
    { name: "waybill_sent_total", help: "Sent.", read: () => Promise.resolve([{ value: 7 }]) },
  ];
  return withMetrics({ stored }, db, (text) => {
    assert.doesNotMatch(text, /^waybill_unreadable/m);
    assert.match(text, /^waybill_sent_total 7$/m);
  });
});

onPostgres("GET /metrics has the counts of the meter", ({ db }) => {
  const meter = createMeter();
  meter.jobAttempt({ lane: "BULK", kind: "SEND_BATCH" }, "retry", 0.3);
  meter.mailAnswer("smtp.example.com:587", null, 0.02);
  meter.mailAnswer("smtp.example.com:587", "NETWORK", 12);
  meter.modelCall({ provider: "api.openai.com", model: "gpt-6-luna", kind: "QUOTE" }, {
    outcome: "SUCCEEDED",
    errorType: null,
    seconds: 2,
    firstTokenSeconds: 0.3,
    usage: { inputTokens: 1_000, cachedInputTokens: 600, outputTokens: 200, reasoningTokens: 50 },
  });
  return withMetrics({ meter }, db, (text) => {
    const lines = text.split("\n");
    const model = 'provider="api.openai.com",model="gpt-6-luna",kind="QUOTE"';
    const provider = 'provider="smtp.example.com:587"';
    for (
      const line of [
        'waybill_job_attempts_total{lane="BULK",kind="SEND_BATCH",outcome="retry"} 1',
        'waybill_job_attempt_duration_seconds_bucket{le="1",lane="BULK",kind="SEND_BATCH"} 1',
        `waybill_provider_answers_total{${provider},outcome="sent",error_type=""} 1`,
        `waybill_provider_answers_total{${provider},outcome="failed",error_type="NETWORK"} 1`,
        `waybill_provider_answer_duration_seconds_count{${provider}} 2`,
        `waybill_model_calls_total{${model},outcome="SUCCEEDED",error_type=""} 1`,
        `waybill_model_first_text_seconds_bucket{le="0.5",${model}} 1`,
        `waybill_model_tokens_total{${model},type="cached_input"} 600`,
        `waybill_model_tokens_total{${model},type="output"} 200`,
      ]
    ) assert.ok(lines.includes(line), `${line} in:\n${text}`);
  });
});
