import assert from "node:assert/strict";
import { onPostgres } from "../support/database.ts";
import { withServer } from "../support/server.ts";

onPostgres(
  "GET /healthz answers 200",
  ({ db }) =>
    withServer(db, async ({ url }) => {
      const response = await fetch(new URL("/healthz", url));
      assert.equal(response.status, 200);
      assert.deepEqual(await response.json(), { alive: true });
    }),
);

onPostgres(
  "GET /readyz lists each part, and answers 503 while one is not ready",
  async ({ db }) => {
    let worker = false;
    const health = {
      database: () => Promise.resolve(true),
      worker: () => worker || { reason: "A loop hangs" },
      bus: () => Promise.reject(new Error("the connection is gone")),
    };
    await withServer(db, async ({ url }) => {
      const response = await fetch(new URL("/readyz", url));
      assert.equal(response.status, 503);
      assert.deepEqual(await response.json(), {
        ready: false,
        parts: { database: true, worker: false, bus: false },
        reasons: {
          worker: "A loop hangs",
          bus: "Its check failed; see the log of the server",
        },
      });
    }, { health });
    worker = true;
    await withServer(db, async ({ url }) => {
      const response = await fetch(new URL("/readyz", url));
      assert.equal(response.status, 200);
      assert.deepEqual(await response.json(), {
        ready: true,
        parts: { database: true, worker: true },
      });
    }, { health: { database: health.database, worker: health.worker } });
  },
);

onPostgres(
  "GET /readyz answers 200 and names a part that is held",
  ({ db }) =>
    withServer(db, async ({ url }) => {
      const response = await fetch(new URL("/readyz", url));
      assert.equal(response.status, 200);
      assert.deepEqual(await response.json(), {
        ready: true,
        parts: { database: true, sending: "held" },
      });
    }, { health: { database: () => true, sending: () => "held" } }),
);

onPostgres(
  "GET /metrics returns the counts in the format of Prometheus",
  ({ db }) =>
    withServer(db, async ({ url, post, connect }) => {
      await post("{ viewer { id } }", { key: null });
      const client = connect();
      await client.iterate({ query: "{ viewer { id } }" }).next();
      const response = await fetch(new URL("/metrics", url));
      assert.match(response.headers.get("content-type") ?? "", /^text\/plain/);
      const lines = new Set((await response.text()).split("\n"));
      for (
        const line of [
          'waybill_jobs{lane="BULK",status="QUEUED"} 3',
          'waybill_deliveries_total{outcome="SENT"} 4711',
          'waybill_database_pool{state="waiting"} 0',
          'waybill_http_request_duration_seconds_count{route="/graphql",method="POST",status="401"} 1',
        ]
      ) assert.ok(lines.has(line), `${line} in:\n${[...lines].join("\n")}`);
    }, {
      metricsSource: {
        jobs: () => Promise.resolve([{ lane: "BULK", status: "QUEUED", count: 3 }]),
        deliveries: () => Promise.resolve([{ outcome: "SENT", count: 4711 }]),
      },
    }),
);

onPostgres(
  "GET /metrics counts requests with unknown methods in one series",
  ({ db }) =>
    withServer(db, async ({ url }) => {
      for (const method of ["BREW", "STEEP"]) {
        const response = await fetch(new URL("/healthz", url), { method });
        await response.body?.cancel();
      }
      const metrics = await (await fetch(new URL("/metrics", url))).text();
      assert.match(metrics, /_count\{[^}]*method="other",status="404"\} 2$/m);
    }),
);

onPostgres(
  "GET /metrics omits counts that cannot be read",
  ({ db }) =>
    withServer(db, async ({ url }) => {
      const response = await fetch(new URL("/metrics", url));
      assert.equal(response.status, 200);
      const text = await response.text();
      assert.match(text, /^waybill_database_pool/m);
      assert.doesNotMatch(text, /^waybill_jobs\{/m);
    }, {
      metricsSource: {
        jobs: () => Promise.reject(new Error("no connection")),
        deliveries: () => Promise.resolve([]),
      },
    }),
);

onPostgres(
  "POST /import/recipients requires a key, and passes on its caller",
  ({ db }) =>
    withServer(db, async ({ url, keys, organization }) => {
      const send = (headers: Record<string, string>) =>
        fetch(new URL("/import/recipients", url), { method: "POST", headers, body: "a,b" });
      const refused = await send({});
      assert.equal(refused.status, 401);
      await refused.body?.cancel();
      const accepted = await send({ authorization: `Bearer ${keys.MEMBER}` });
      assert.deepEqual(await accepted.json(), { organizationId: organization.id, body: "a,b" });
    }, {
      imports: {
        recipients: async (request, { organizationId }) =>
          Response.json({ organizationId, body: await request.text() }),
      },
    }),
);
