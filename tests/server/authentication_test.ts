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
import { createApiKey, revokeApiKey } from "../../src/domain/access/api_keys.ts";
import { until } from "../support/until.ts";
import { onEveryDatabase, onPostgres } from "../support/database.ts";
import { withServer } from "../support/server.ts";
import { tickingSchema } from "../support/ticking_schema.ts";

const SECRET = "a secret of at least thirty-two bytes";
const ISSUER = "https://login.example";
const AUDIENCE = "waybill";
const BY_SECRET: JwtOptions = { secret: SECRET, issuer: null, audience: null };

type Key = Parameters<SignJWT["sign"]>[0];

function authenticationFor(db: Database, jwt: JwtOptions | null): Authenticate {
  return createAuthentication({ db, bus: createBus() }, jwt);
}

function token(
  claims: Record<string, unknown>,
  { key = new TextEncoder().encode(SECRET), alg = "HS256", expires = "1h", kid }: {
    key?: Key;
    alg?: string;
    expires?: string | number;
    kid?: string;
  } = {},
): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg, kid }).setExpirationTime(expires).sign(key);
}

onEveryDatabase("authenticate() accepts a JWT signed with the secret", async ({ db }) => {
  const authenticate = authenticationFor(db, BY_SECRET);
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

onPostgres("authenticate() accepts a JWT that expires after the last Date", async ({ db }) => {
  const authenticate = authenticationFor(db, BY_SECRET);
  const org = toTypeId("organization", (await createOrganization(db)).id);
  const jwt = await token({ sub: "ada", org, role: "ADMIN" }, { expires: 1e300 });
  const session = await authenticate(`Bearer ${jwt}`);
  assert.equal(session?.expiresAt?.getTime(), 8.64e15);
});

onPostgres("authenticate() refuses an invalid JWT", async ({ db }) => {
  const authenticate = authenticationFor(db, BY_SECRET);
  const { id } = await createOrganization(db);
  const valid = { sub: "ada", org: toTypeId("organization", id), role: "ADMIN" };
  const unknown = toTypeId("organization", "01900000-0000-7000-8000-000000000000");
  const other = new TextEncoder().encode("another secret of thirty-two bytes");
  const refused = {
    "expired": token(valid, { expires: "1 second ago" }),
    "of another secret": token(valid, { key: other }),
    "of another algorithm": token(valid, {
      alg: "HS512",
      key: new TextEncoder().encode(SECRET.repeat(2)),
    }),
    "without a subject": token({ ...valid, sub: undefined }),
    "of a subject with a NUL character": token({ ...valid, sub: "a\0b" }),
    "of a subject of 201 characters": token({ ...valid, sub: "a".repeat(201) }),
    "of an unknown role": token({ ...valid, role: "ROOT" }),
    "of an unknown organization": token({ ...valid, org: unknown }),
    "of an organization by its bare id": token({ ...valid, org: id }),
    "unsigned": Promise.resolve(`${btoa('{"alg":"none"}')}.${btoa(JSON.stringify(valid))}.`),
    "not a JWT": Promise.resolve("a.b.c"),
  };
  for (const [name, jwt] of Object.entries(refused)) {
    assert.equal(await authenticate(`Bearer ${await jwt}`), null, name);
  }
});

onPostgres("authenticate() refuses credentials of another form", async ({ db }) => {
  const authenticate = authenticationFor(db, null);
  const { id } = await createOrganization(db);
  const jwt = await token({ sub: "ada", org: toTypeId("organization", id), role: "ADMIN" });
  for (const credentials of [null, undefined, "", "Bearer", "Basic YTpi", 7, `Bearer ${jwt}`]) {
    assert.equal(await authenticate(credentials), null, String(credentials));
  }
});

onPostgres("authenticate() verifies JWTs by the keys published at JWKS_URL", async ({ db }) => {
  const published = await generateKeyPair("ES256", { extractable: true });
  const other = await generateKeyPair("ES256");
  const keys = [{ ...await exportJWK(published.publicKey), kid: "1", alg: "ES256" }];
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () => Response.json({ keys }),
  );
  try {
    const jwksUrl = `http://127.0.0.1:${server.addr.port}/jwks.json`;
    const authenticate = authenticationFor(db, { jwksUrl, issuer: null, audience: null });
    const { id } = await createOrganization(db);
    const claims = { sub: "ada", org: toTypeId("organization", id), role: "MEMBER" };
    const signed = (key: Key, kid: string) => token(claims, { key, alg: "ES256", kid });
    const accepted = await authenticate(`Bearer ${await signed(published.privateKey, "1")}`);
    assert.equal(accepted?.caller.userId, "ada");
    for (const [key, kid] of [[other.privateKey, "1"], [other.privateKey, "2"]] as const) {
      assert.equal(await authenticate(`Bearer ${await signed(key, kid)}`), null);
    }
    // A symmetric signature made with the public key must not be accepted.
    const forged = await token(claims, { key: new TextEncoder().encode(JSON.stringify(keys[0])) });
    assert.equal(await authenticate(`Bearer ${forged}`), null);
  } finally {
    await server.shutdown();
  }
});

onPostgres(
  "authenticate() verifies the issuer and the audience by JWKS_URL too",
  async ({ db }) => {
    const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
    const keys = [{ ...await exportJWK(publicKey), kid: "1", alg: "ES256" }];
    const server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      () => Response.json({ keys }),
    );
    try {
      const jwksUrl = `http://127.0.0.1:${server.addr.port}/jwks.json`;
      const authenticate = authenticationFor(db, { jwksUrl, issuer: ISSUER, audience: AUDIENCE });
      const { id } = await createOrganization(db);
      const claims = { sub: "ada", org: toTypeId("organization", id), role: "ADMIN", iss: ISSUER };
      const userOf = async (aud: string) => {
        const jwt = await token({ ...claims, aud }, { key: privateKey, alg: "ES256", kid: "1" });
        return (await authenticate(`Bearer ${jwt}`))?.caller.userId;
      };
      assert.equal(await userOf(AUDIENCE), "ada");
      assert.equal(await userOf("shop"), undefined);
    } finally {
      await server.shutdown();
    }
  },
);

onPostgres(
  "POST /graphql answers 401 to a JWT of another issuer or audience",
  ({ db }) =>
    withServer(db, async ({ post, organization }) => {
      const valid = {
        sub: "ada",
        org: toTypeId("organization", organization.id),
        role: "ADMIN",
        iss: ISSUER,
        aud: ["shop", AUDIENCE],
      };
      const statusOf = async (claims: Record<string, unknown>) =>
        (await post("{ viewer { id } }", { key: await token(claims) })).status;
      assert.equal(await statusOf(valid), 200);
      assert.equal(await statusOf({ ...valid, aud: AUDIENCE }), 200);
      for (
        const claims of [
          { iss: "https://other.example" },
          { iss: undefined },
          { aud: "shop" },
          { aud: undefined },
        ]
      ) {
        assert.equal(await statusOf({ ...valid, ...claims }), 401, JSON.stringify(claims));
      }
    }, { jwt: { secret: SECRET, issuer: ISSUER, audience: AUDIENCE } }),
);

onPostgres(
  "authenticate() checks neither issuer nor audience unless they are set",
  async ({ db }) => {
    const authenticate = authenticationFor(db, BY_SECRET);
    const { id } = await createOrganization(db);
    const claims = { sub: "ada", org: toTypeId("organization", id), role: "ADMIN" };
    const jwt = await token({ ...claims, iss: "https://other.example", aud: "shop" });
    assert.equal((await authenticate(`Bearer ${jwt}`))?.caller.userId, "ada");
  },
);

onPostgres(
  "POST /graphql answers 500, not 401, when the key server cannot be reached",
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
    }, {
      jwt: { jwksUrl: "http://127.0.0.1:1/jwks.json", issuer: null, audience: null },
    }),
);

onPostgres("the WebSocket of a JWT is closed with 4401 once the JWT expires", ({ db }) => {
  const { schema } = tickingSchema();
  return withServer(db, async ({ connect, organization }) => {
    const org = toTypeId("organization", organization.id);
    const jwt = await token({ sub: "ada", org, role: "ADMIN" }, { expires: "3s" });
    const ticks = connect(jwt).iterate({ query: "subscription { ticks }" });
    assert.deepEqual((await ticks.next()).value, { data: { ticks: 1 } });
    await assert.rejects(ticks.next(), (end) => end instanceof CloseEvent && end.code === 4401);
  }, { schema, jwt: BY_SECRET });
});

onPostgres(
  "a refused key is described as revoked or expired to its holder only",
  ({ db }) =>
    withServer(db, async ({ services, organization, post }) => {
      const create = (expiresAt?: Date) =>
        createApiKey(services, organization.operator, { name: "old", role: "ADMIN", expiresAt });
      const [revoked, expired] = await Promise.all([create(), create(new Date(Date.now() + 500))]);
      await revokeApiKey(services, organization.operator, revoked.apiKey.id);
      const messageFor = async (key: string) =>
        (await post("{ viewer { id } }", { key })).body.errors?.[0]?.message ?? "";
      assert.match(await messageFor(revoked.secret), /was revoked/);
      assert.match(await messageFor(revoked.secret.slice(0, -1)), /send a valid API key/);
      await until(
        "the key has expired",
        async () => /has expired/.test(await messageFor(expired.secret)),
      );
    }),
);
