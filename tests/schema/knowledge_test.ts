import assert from "node:assert/strict";
import { toTypeId } from "../../src/domain/id.ts";
import { onEveryDatabase } from "../support/database.ts";
import { importMail, learn } from "../support/knowledge.ts";
import { createOrganization } from "../support/callers.ts";
import { type TestServer, withServer } from "../support/server.ts";

const FACTS = `query ($search: String, $states: [FactState!], $scopes: [FactScopeKind!]) {
  knowledge { facts(search: $search, states: $states, scopes: $scopes) {
    totalCount
    nodes { id state scope origin answer evidenceCount decidedAt decidedBy sources { subject thread { id } } }
  } }
}`;
const UPSERT = `mutation ($input: UpsertFactInput!) { upsertFact(input: $input) {
  __typename
  ... on UpsertFactPayload { created fact { id state scope answer evidenceCount } }
  ... on Error { reason }
  ... on InvalidInputError { issues { path code } }
} }`;
const change = (name: string) =>
  `mutation ($ids: [ID!]!) { ${name}(ids: $ids) { __typename ... on NotFoundError { ids } } }`;

async function answers(server: TestServer, variables: Record<string, unknown> = {}) {
  const { body } = await server.post(FACTS, { variables });
  return body.data.knowledge.facts.nodes.map(({ answer }: { answer: string }) => answer);
}

onEveryDatabase(
  "facts are approved, dismissed, corrected and deleted by ADMINs",
  async ({ db }) => {
    await withServer(db, async (server) => {
      const { post, keys, organization } = server;
      await learn(db, organization.id, [{ question: "How long?", answer: "Three days." }, {
        question: "Which carrier?",
        answer: "DHL.",
        scope: "topic:shipping",
      }]);
      await learn(db, organization.id, [{
        question: "Which carrier?",
        answer: "DHL.",
        scope: "topic:shipping",
      }]);
      assert.deepEqual(await answers(server), ["DHL.", "Three days."]);
      const { body } = await post(FACTS, { key: keys.MEMBER, variables: { states: ["PROPOSED"] } });
      const [dhl, days] = body.data.knowledge.facts.nodes;
      assert.deepEqual(dhl, {
        id: dhl.id,
        state: "PROPOSED",
        scope: "topic:shipping",
        origin: "LEARNED",
        answer: "DHL.",
        evidenceCount: 2,
        decidedAt: null,
        decidedBy: null,
        sources: [
          { subject: "Where is my order?", thread: null },
          { subject: "Where is my order?", thread: null },
        ],
      });
      const run = async (name: string, ids: string[], key = keys.ADMIN) =>
        (await post(change(name), { key, variables: { ids } })).body.data[name].__typename;
      for (const name of ["approveFacts", "dismissFacts", "reopenFacts", "deleteFacts"]) {
        assert.equal(await run(name, [dhl.id], keys.MEMBER), "ForbiddenError");
        const unknown = toTypeId("fact", crypto.randomUUID());
        assert.equal(await run(name, [dhl.id, unknown]), "NotFoundError");
      }
      assert.equal(await run("approveFacts", [dhl.id, dhl.id]), "ApproveFactsPayload");
      assert.equal(await run("dismissFacts", [days.id]), "DismissFactsPayload");
      assert.deepEqual(await answers(server, { states: ["APPROVED"] }), ["DHL."]);
      assert.deepEqual(await answers(server, { states: ["DISMISSED"] }), ["Three days."]);
      assert.deepEqual(await answers(server), ["DHL."]);
      assert.equal(await run("reopenFacts", [dhl.id, days.id]), "ReopenFactsPayload");
      assert.deepEqual(await answers(server, { states: ["PROPOSED"] }), ["DHL.", "Three days."]);
      const reopened = await post(FACTS, { variables: { search: "days" } });
      assert.equal(reopened.body.data.knowledge.facts.nodes[0].decidedAt, null);
      assert.equal(await run("approveFacts", [dhl.id]), "ApproveFactsPayload");
      assert.equal(await run("dismissFacts", [dhl.id, days.id]), "DismissFactsPayload");
      assert.equal(await run("approveFacts", [dhl.id]), "ApproveFactsPayload");

      const upsert = async (input: object, key = keys.ADMIN) =>
        (await post(UPSERT, { key, variables: { input } })).body.data.upsertFact;
      const corrected = { id: days.id, question: "How long?", answer: "Two days." };
      const edited = await upsert({ ...corrected, scope: "sender:Grace@Example.COM" });
      assert.deepEqual(edited.fact, {
        id: days.id,
        state: "APPROVED",
        scope: "sender:grace@example.com",
        answer: "Two days.",
        evidenceCount: 1,
      });
      const again = await upsert({
        question: "HOW LONG",
        answer: "two days",
        scope: "sender:grace@example.com",
      });
      assert.deepEqual([again.created, again.fact.id, again.fact.answer], [
        false,
        days.id,
        "two days",
      ]);
      const forAll = await upsert({ question: "How long?", answer: "Two days." });
      assert.deepEqual([forAll.created, forAll.fact.scope], [true, "all"]);
      const taken = await upsert({ id: dhl.id, question: "How long?", answer: "two days" });
      assert.equal(taken.__typename, "ConflictError");
      const invalid = await upsert({ question: " ", answer: "", scope: "topic:" });
      assert.deepEqual(invalid.issues.map(({ path }: { path: string[] }) => path[0]).sort(), [
        "answer",
        "question",
        "scope",
      ]);
      const other = { key: keys.MEMBER, variables: { input: { question: "q", answer: "a" } } };
      assert.equal((await post(UPSERT, other)).body.data.upsertFact.__typename, "ForbiddenError");

      assert.equal(
        await run("deleteFacts", [days.id, forAll.fact.id]),
        "DeleteFactsPayload",
      );
      assert.equal((await upsert(corrected)).__typename, "NotFoundError");
      assert.deepEqual(await answers(server), ["DHL."]);
    });
  },
);

onEveryDatabase(
  "a search of facts lists the best matches of the organization first",
  async ({ db }) => {
    await withServer(db, async (server) => {
      const { organization: { id }, connect, services } = server;
      const other = await createOrganization(db, "Another");
      await learn(db, other.id, [{ question: "Refund?", answer: "Never." }]);
      await learn(db, id, [
        { question: "Can I get a refund?", answer: "Yes, a refund is paid within 14 days." },
        {
          question: "How are returns sent, and are there other ways than by post or in person?",
          answer: "By post; then wait some days for a refund, or ask in any shop of ours.",
        },
      ]);
      const [first, second] = await answers(server, { search: "REFUN" });
      assert.ok(first.startsWith("Yes") && second.startsWith("By post"));
      assert.deepEqual(await answers(server, { search: "refund shop" }), [second]);
      assert.deepEqual(await answers(server, { search: "'| !\\" }), []);

      await learn(db, id, [
        { answer: "By topic.", scope: "topic:all" },
        { answer: "By sender.", scope: "sender:grace@example.com" },
        { answer: "By domain.", scope: "domain:example.com" },
      ]);
      assert.deepEqual(await answers(server, { scopes: ["TOPIC"] }), ["By topic."]);
      assert.deepEqual(await answers(server, { scopes: ["SENDER", "DOMAIN"] }), [
        "By domain.",
        "By sender.",
      ]);
      assert.equal((await answers(server, { scopes: ["ALL"] })).length, 2);

      const events = connect().iterate<{ factsUpdated: { changed: { answer: string }[] } }>({
        query: `subscription {
          factsUpdated(scopes: [ALL], search: "days") { changed { answer } }
        }`,
      });
      const next = async () => (await events.next()).value.data.factsUpdated.changed;
      assert.equal((await next()).length, 2);
      await importMail(db, id);
      await learn(db, id, [{ answer: "Soon, in days." }, { answer: "Soon." }]);
      services.bus.publish("facts", id, null);
      const changed = await next();
      assert.ok(changed.some(({ answer }: { answer: string }) => answer === "Soon, in days."));
      assert.ok(!changed.some(({ answer }: { answer: string }) => answer === "Soon."));
    });
  },
);
