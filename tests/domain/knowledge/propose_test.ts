import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { findFacts } from "../../../src/domain/knowledge/find_facts.ts";
import { proposeFacts } from "../../../src/domain/knowledge/propose.ts";
import { recordStyle, styleOf, type VotedStyle } from "../../../src/domain/knowledge/style.ts";
import { listTopics, recordTopics } from "../../../src/domain/knowledge/topics.ts";
import { newId } from "../../../src/domain/id.ts";
import { createBus } from "../../../src/events/bus.ts";
import { createOrganization } from "../../support/callers.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { importMail, learn, learnedFact } from "../../support/knowledge.ts";

const ANALYZE = statement<[]>("test.analyzeFacts", "analyze facts");

const DISMISS = statement<[organizationId: string]>(
  "test.dismissFacts",
  "update facts set state = 'DISMISSED', decided_at = now() where organization_id = $1",
);

onEveryDatabase(
  "the same fact of several mails is stored once, with each mail as evidence",
  async ({ db }) => {
    const { id } = await createOrganization(db);
    const [one, two] = [await importMail(db, id), await importMail(db, id)];
    const facts = [
      learnedFact({ emailIds: [one, one] }),
      learnedFact({ question: "how long does a delivery take", emailIds: [two] }),
      learnedFact({ answer: "Three working days, €5.", emailIds: [one] }),
    ];
    assert.equal(await db.transaction((tx) => proposeFacts(tx, id, facts)), 2);
    assert.equal(await db.transaction((tx) => proposeFacts(tx, id, facts)), 0);
    const query = { organizationId: id, text: "How long?", topic: null, sender: "g@example.com" };
    const found = await findFacts({ db }, { ...query, limit: 9 });
    assert.deepEqual(
      found.map(({ answer, evidenceCount }) => [answer, evidenceCount]).sort(),
      [["Three working days, €5.", 1], ["Three working days.", 2]],
    );
  },
);

onEveryDatabase(
  "the same fact of several customers is a fact for each of them, unless it is known for all mails",
  async ({ db }) => {
    const { id } = await createOrganization(db);
    const grace = { scope: "sender:grace@example.com" };
    const ada = { scope: "sender:ada@example.com" };
    const forAll = { answer: "A week." };
    assert.equal(await learn(db, id, [grace, ada, grace]), 2);
    assert.equal(await learn(db, id, [grace, forAll]), 1);
    assert.equal(await learn(db, id, [{ ...forAll, ...grace }, { ...forAll, ...ada }]), 0);
    assert.equal(await learn(db, id, [{}]), 1);
    const found = async (sender: string) => {
      const query = { organizationId: id, text: "How long?", topic: null, sender, limit: 9 };
      const facts = await findFacts({ db }, query);
      return facts.map(({ answer, evidenceCount }) => `${answer} ${evidenceCount}`).sort();
    };
    assert.deepEqual(await found("nobody@example.com"), ["A week. 2", "Three working days. 1"]);
    assert.equal((await found("grace@example.com")).length, 2, "each text is found once");
  },
);

onEveryDatabase(
  "a fact without a stored mail of the organization is not proposed",
  async ({ db }) => {
    const [own, other] = [await createOrganization(db), await createOrganization(db, "Another")];
    const foreign = await importMail(db, other.id);
    const facts = [learnedFact({ emailIds: [newId()] }), learnedFact({ emailIds: [foreign] })];
    assert.equal(await db.transaction((tx) => proposeFacts(tx, own.id, facts)), 0);
    assert.equal(await learn(db, own.id, [{ answer: " \0 " }]), 0);
  },
);

onEveryDatabase("a dismissed fact is not proposed again", async ({ db }) => {
  const { id } = await createOrganization(db);
  assert.equal(await learn(db, id, [{}]), 1);
  await db.run(DISMISS, id);
  assert.equal(await learn(db, id, [{}]), 0);
  const query = { organizationId: id, text: "Delivery?", topic: null, sender: "g@example.com" };
  assert.deepEqual(await findFacts({ db }, { ...query, limit: 9 }), []);
});

onEveryDatabase(
  "rare words that facts share with a mail by chance do not displace the fact that answers it",
  async ({ db }) => {
    const { id } = await createOrganization(db);
    const answer = { question: "May I return lamps after assembly?", answer: "Within 30 days." };
    const names = ["Wilhelmina", "Bartholomew", "Featherstone", "Zanzibar", "Quetzalcoatl"];
    const byChance = Array.from({ length: 40 }, (_, n) => ({
      question: `Who is ${names[n % names.length]}, number ${n}?`,
      answer: `A person of department ${n}.`,
    }));
    await learn(db, id, [answer, ...byChance]);
    await db.run(ANALYZE);
    const text = `Kind regards from ${names.join(" and ")}. Can I return the lamps after assembly?`;
    const query = { organizationId: id, text, topic: null, sender: "g@example.com", limit: 5 };
    assert.equal((await findFacts({ db }, query))[0]?.answer, answer.answer);
  },
);

onEveryDatabase("topics are counted by mails, whatever mail is learned again", async ({ db }) => {
  const { id, member } = await createOrganization(db);
  const [one = "", two = ""] = [await importMail(db, id), await importMail(db, id)];
  const record = (emailId: string, topics: string[]) =>
    db.transaction((tx) => recordTopics(tx, id, [{ emailId, topics }]));
  await record(one, ["Shipping", "shipping ", "Returns"]);
  await record(two, ["SHIPPING", ""]);
  await record(one, ["shipping", "Payment"]);
  await record(newId(), ["shipping"]);
  const { edges } = await listTopics({ db, bus: createBus() }, member, {});
  assert.deepEqual(edges.map(({ node }) => node), [
    { name: "shipping", emailCount: 2 },
    { name: "payment", emailCount: 1 },
  ]);
});

onEveryDatabase(
  "the style is that of most mails, however many batches they were in",
  async ({ db }) => {
    const { id } = await createOrganization(db);
    assert.equal(await styleOf({ db }, id), null);
    const unknown = { tone: null, greeting: null, signOff: null, language: null };
    const record = (style: Partial<VotedStyle>) => recordStyle(db, id, { ...unknown, ...style });
    const tone = async (value: string, count: number) => {
      await record({ tone: { value, count } });
      return (await styleOf({ db }, id))?.tone;
    };
    assert.equal(await tone("short", 6), "short");
    assert.equal(await tone("formal", 4), "short");
    assert.equal(await tone("short", 3), "short");
    assert.equal(await tone("formal", 5), "short");
    assert.equal(await tone("formal", 3), "formal");
    await record({ greeting: { value: " ", count: 9 }, signOff: { value: " Bye ", count: 1 } });
    const style = { ...unknown, tone: "formal", signOff: "Bye" };
    assert.deepEqual(await styleOf({ db }, id), style);
  },
);
