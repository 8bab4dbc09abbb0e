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
