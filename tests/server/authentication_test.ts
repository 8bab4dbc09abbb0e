import assert from "node:assert/strict";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { createOrganization } from "../support/callers.ts";
import type { Database } from "../../src/db/database.ts";
import { toTypeId } from "../../src/domain/id.ts";
import { createBus } from "../../src/events/bus.ts";
import {
  type Authenticate,
  createAuthentication,
  type JwtOptions,
} from "../../src/server/authentication.ts";
import { onEveryDatabase, onPostgres } from "../support/database.ts";
import { withServer } from "../support/server.ts";
import { tickingSchema } from "../support/ticking_schema.ts";

const SECRET = "a secret of at least thirty-two bytes";

type Key = Parameters<SignJWT["sign"]>[0];

function authenticationFor(db: Database, jwt: JwtOptions | null): Authenticate {
  return createAuthentication({ db, bus: createBus() }, jwt);
}

function token(
  claims: Record<string, unknown>,
  { key = new TextEncoder().encode(SECRET), alg = "HS256", expires = "1h", kid }: {
    key?: Key;
    alg?: string;
    expires?: string;
    kid?: string;
  } = {},
): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg, kid }).setExpirationTime(expires).sign(key);
}

onEveryDatabase("a JWT signed with the secret lets its subject in", async ({ db }) => {
  const authenticate = authenticationFor(db, { secret: SECRET });
  const { id } = await createOrganization(db);
  const jwt = await token({ sub: "ada", org: toTypeId("organization", id), role: "ADMIN" });
  const session = await authenticate(`Bearer ${jwt}`);
  assert.deepEqual(session?.caller, {
    organizationId: id,
    userId: "ada",
    role: "ADMIN",
    keyId: null,
  });
  assert.ok(session.expiresAt && session.expiresAt > new Date());
});

onPostgres("a JWT that is not right lets nobody in", async ({ db }) => {
  const authenticate = authenticationFor(db, { secret: SECRET });
  const { id } = await createOrganization(db);
  const right = { sub: "ada", org: toTypeId("organization", id), role: "ADMIN" };
  const nobody = toTypeId("organization", "01900000-0000-7000-8000-000000000000");
  const other = new TextEncoder().encode("another secret of thirty-two bytes");
  const wrong = {
    "expired": token(right, { expires: "1 second ago" }),
    "of another secret": token(right, { key: other }),
    "of another algorithm": token(right, {
      alg: "HS512",
      key: new TextEncoder().encode(SECRET.repeat(2)),
    }),
    "without a subject": token({ ...right, sub: undefined }),
    "of an unknown role": token({ ...right, role: "ROOT" }),
    "of an organization that there is not": token({ ...right, org: nobody }),
    "of an organization by its bare id": token({ ...right, org: id }),
    "unsigned": Promise.resolve(`${btoa('{"alg":"none"}')}.${btoa(JSON.stringify(right))}.`),
    "none at all": Promise.resolve("a.b.c"),
  };
  for (const [what, jwt] of Object.entries(wrong)) {
    assert.equal(await authenticate(`Bearer ${await jwt}`), null, what);
  }
});

onPostgres("credentials of another form let nobody in", async ({ db }) => {
  const authenticate = authenticationFor(db, null);
  const { id } = await createOrganization(db);
  const jwt = await token({ sub: "ada", org: toTypeId("organization", id), role: "ADMIN" });
  for (const credentials of [null, undefined, "", "Bearer", "Basic YTpi", 7, `Bearer ${jwt}`]) {
    assert.equal(await authenticate(credentials), null, String(credentials));
  }
});

onPostgres("JWTs are verified by the keys that are published at a URL", async ({ db }) => {
  const published = await generateKeyPair("ES256", { extractable: true });
  const stranger = await generateKeyPair("ES256");
  const keys = [{ ...await exportJWK(published.publicKey), kid: "1", alg: "ES256" }];
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () => Response.json({ keys }),
  );
  try {
    const jwksUrl = `http://127.0.0.1:${server.addr.port}/jwks.json`;
    const authenticate = authenticationFor(db, { jwksUrl });
    const { id } = await createOrganization(db);
    const claims = { sub: "ada", org: toTypeId("organization", id), role: "MEMBER" };
    const signed = (key: Key, kid: string) => token(claims, { key, alg: "ES256", kid });
    const good = await authenticate(`Bearer ${await signed(published.privateKey, "1")}`);
    assert.equal(good?.caller.userId, "ada");
    for (const [key, kid] of [[stranger.privateKey, "1"], [stranger.privateKey, "2"]] as const) {
      assert.equal(await authenticate(`Bearer ${await signed(key, kid)}`), null);
    }
    // The secret's algorithm, signed with what is public, must not pass for a signature.
    const forged = await token(claims, { key: new TextEncoder().encode(JSON.stringify(keys[0])) });
    assert.equal(await authenticate(`Bearer ${forged}`), null);
  } finally {
    await server.shutdown();
  }
});

onPostgres(
  "a key server that does not answer is not the caller's fault",
  ({ db }) =>
    withServer(db, async ({ url, organization }) => {
      const org = toTypeId("organization", organization.id);
      const { privateKey } = await generateKeyPair("ES256");
      const jwt = await token({ sub: "ada", org, role: "ADMIN" }, {
        key: privateKey,
        alg: "ES256",
      });
      const response = await fetch(url, {
        method: "POST",
        headers: { authorization: `Bearer ${jwt}`, "content-type": "application/json" },
        body: '{"query":"{ viewer { id } }"}',
      });
      assert.equal(response.status, 500);
      assert.equal((await response.json()).errors[0].extensions.code, "INTERNAL_SERVER_ERROR");
    }, { jwt: { jwksUrl: "http://127.0.0.1:1/jwks.json" } }),
);

onPostgres("a JWT opens a WebSocket, until it expires", ({ db }) => {
  const { schema } = tickingSchema();
  return withServer(db, async ({ connect, organization }) => {
    const org = toTypeId("organization", organization.id);
    const jwt = await token({ sub: "ada", org, role: "ADMIN" }, { expires: "3s" });
    const ticks = connect(jwt).iterate({ query: "subscription { ticks }" });
    assert.deepEqual((await ticks.next()).value, { data: { ticks: 1 } });
    await assert.rejects(ticks.next(), (end) => end instanceof CloseEvent && end.code === 4401);
  }, { schema, jwt: { secret: SECRET } });
});
