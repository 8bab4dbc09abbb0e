import assert from "node:assert/strict";
import { type Database, openDatabase, statement } from "../../../src/db/database.ts";
import { listAiCalls } from "../../../src/domain/ai_usage/list.ts";
import { embedNextFacts, sweepFacts } from "../../../src/domain/knowledge/embed.ts";
import { prepareEmbeddings } from "../../../src/domain/knowledge/embeddings.ts";
import { findFacts } from "../../../src/domain/knowledge/find_facts.ts";
import { upsertFact } from "../../../src/domain/knowledge/upsert.ts";
import { createBus } from "../../../src/events/bus.ts";
import { LiveEmbedder } from "../../../src/sending/live_embedder.ts";
import { createOrganization } from "../../support/callers.ts";
import { hasExtension, onEmbedded, onEveryDatabase, onPostgres } from "../../support/database.ts";
import { learn } from "../../support/knowledge.ts";
import { startModelServer } from "../../support/model_server.ts";
import { openTestModel } from "../../support/models.ts";
import { wordVectors } from "../../support/word_vectors.ts";

const SYNONYMS = { parcel: "package", arrive: "delivered", when: "how" };
const MODEL = "text-embedding-3-small";

const CREATE_EXTENSION = statement<[]>("test.createVector", "create extension vector");
// The role may create tables, but no extension, because it has no CREATE privilege on the database.
const MAKE_ROLE = (name: string) =>
  statement<[]>(
    "test.makeRole",
    `do $$ begin
       create role ${name} login;
       grant create on schema public to ${name};
       grant all on all tables in schema public to ${name};
     end $$`,
  );
const DROP_ROLE = (name: string) =>
  statement<[]>(
    "test.dropRole",
    `do $$ begin drop owned by ${name}; drop role ${name}; end $$`,
  );
const JOBS = statement<[], { kind: string }>("test.jobKinds", "select kind from jobs");

async function setUp(db: Database) {
  assert.equal(await prepareEmbeddings(db), true);
  const organization = await createOrganization(db);
  const server = await startModelServer({ embed: wordVectors(SYNONYMS) });
  const services = { db, bus: createBus() };
  const model = await openTestModel(services, server);
  const embedder = new LiveEmbedder(services, model.live, MODEL);
  const embed = () =>
    embedNextFacts(
      services,
      embedder,
      { organizationId: organization.id, jobId: null },
      AbortSignal.timeout(10_000),
    );
  const find = async (withEmbedder: boolean) => {
    const query = { organizationId: organization.id, topic: null, sender: "grace@example.com" };
    const text = "When does my parcel arrive?";
    const found = await findFacts(
      withEmbedder ? { ...services, embedder } : services,
      { ...query, text, limit: 1 },
    );
    return found.map(({ answer }) => answer);
  };
  return { organization, server, services, model, embed, find };
}

const FACTS = [
  { question: "How is a package delivered?", answer: "By DHL." },
  { question: "Which colours are there?", answer: "Red and blue." },
  { question: "Do you take cards?", answer: "Yes, all." },
];

// A server may lack pgvector, because it is a package of its own.
const isInstalled = await hasExtension("vector");
const onVectors = isInstalled ? onEveryDatabase : onEmbedded;
if (!isInstalled) {
  Deno.test.ignore("embeddings [postgres] (pgvector is not installed)", () => {});
}

onVectors(
  "a mail finds a fact with the same meaning in other words by its embedding",
  async ({ db }) => {
    const { organization, server, services, model, embed, find } = await setUp(db);
    await using _closing = { [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
    await using _model = model;
    await learn(db, organization.id, FACTS);
    assert.deepEqual(await find(true), []);
    await sweepFacts(services, MODEL);
    await sweepFacts(services, MODEL);
    assert.deepEqual(await db.run(JOBS), [{ kind: "EMBED_FACTS" }]);
    assert.equal(await embed(), 3);
    assert.equal(await embed(), 0);
    assert.deepEqual(await find(false), []);
    assert.deepEqual(await find(true), ["By DHL."]);
    const { edges } = await listAiCalls(services, organization.admin, {}, {});
    const [call] = edges.map(({ node }) => node);
    assert.deepEqual([call?.kind, call?.model, call?.outcome], ["EMBEDDING", MODEL, "SUCCEEDED"]);
    assert.ok((call?.costMicros ?? 0) > 0);

    server.settings.embed = null;
    assert.deepEqual(await find(true), []);
    server.settings.embed = wordVectors(SYNONYMS);
    assert.deepEqual(await find(true), ["By DHL."]);

    const corrected = { question: "How is a package delivered?", answer: "By post.", scope: "all" };
    await upsertFact(services, organization.admin, corrected);
    assert.equal(await embed(), 1);
  },
);

onPostgres(
  "embeddings are used where pgvector can be created, also if several processes start at once",
  async ({ db }) => {
    const prepared = await Promise.all(Array.from({ length: 8 }, () => prepareEmbeddings(db)));
    assert.deepEqual(prepared, prepared.map(() => isInstalled));
  },
);

onPostgres(
  "a role that may not create extensions uses embeddings once a superuser has created pgvector",
  async ({ db, url }) => {
    const role = `waybill_test_${crypto.randomUUID().slice(0, 8)}`;
    await db.run(MAKE_ROLE(role));
    const connectionString = Object.assign(new URL(url), { username: role }).href;
    const own = openDatabase({
      connection: { connectionString },
      size: 1,
      embedded: false,
      onError: () => {},
    });
    try {
      assert.equal(await prepareEmbeddings(own), false);
      if (isInstalled) await db.run(CREATE_EXTENSION);
      assert.equal(await prepareEmbeddings(own), isInstalled);
    } finally {
      await own.close();
      await db.run(DROP_ROLE(role));
    }
  },
);
