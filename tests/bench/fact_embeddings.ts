// Facts found for mails by words alone, and by words and embeddings: the share of mails whose fact is among the first 5,
// and the time. A test server makes the embeddings, from words and their synonyms. The database is the embedded one; with
// --postgres it is PostgreSQL with pgvector.
import { parseArgs } from "node:util";
import { prepareEmbeddings } from "../../src/domain/knowledge/embeddings.ts";
import { embedNextFacts } from "../../src/domain/knowledge/embed.ts";
import { findFacts } from "../../src/domain/knowledge/find_facts.ts";
import { createBus } from "../../src/events/bus.ts";
import { LiveEmbedder } from "../../src/sending/live_embedder.ts";
import { createOrganization } from "../support/callers.ts";
import { embeddedDatabase, testDatabase } from "../support/database.ts";
import { learn } from "../support/knowledge.ts";
import { startModelServer } from "../support/model_server.ts";
import { openTestModel } from "../support/models.ts";
import { wordVectors } from "../support/word_vectors.ts";
import { median, report } from "./report.ts";

const FACTS = 2_000;
const MAILS = 200;
const WORDS = 3_000;

/** Returns the word with a number, in letters alone: a synonym begins with another letter. */
function word(number: number, first: "w" | "s"): string {
  return first + String(number).replace(/\d/g, (digit) => "abcdefghij".charAt(Number(digit)));
}

// A generator with a seed, so that each run has the same texts.
let seed = 1;
function random(below: number): number {
  seed = seed * 48_271 % 2_147_483_647;
  return seed % below;
}

const SYNONYMS = Object.fromEntries(
  Array.from({ length: WORDS }, (_, number) => [word(number, "s"), word(number, "w")]),
);
const questions = Array.from(
  { length: FACTS },
  () => Array.from({ length: 6 }, () => random(WORDS)),
);

const { values } = parseArgs({ options: { postgres: { type: "boolean", default: false } } });
const { db, close } = await (values.postgres ? testDatabase : embeddedDatabase)();
if (!await prepareEmbeddings(db)) throw new Error("pgvector is not installed");
const { id: organizationId } = await createOrganization(db);
const services = { db, bus: createBus() };
const server = await startModelServer({ embed: wordVectors(SYNONYMS) });
const model = await openTestModel(services, server);
const embedder = new LiveEmbedder(services, model.live, "text-embedding-3-small");
const facts = questions.map((numbers, index) => ({
  question: numbers.map((number) => word(number, "w")).join(" "),
  answer: `Answer ${index}`,
}));
for (let from = 0; from < FACTS; from += 200) {
  await learn(db, organizationId, facts.slice(from, from + 200));
}
const scope = { organizationId, jobId: null };
while (await embedNextFacts(services, embedder, scope, AbortSignal.timeout(60_000)) > 0);

for (const share of [0, 50, 100]) {
  for (const [name, used] of [["words", services], ["both", { ...services, embedder }]] as const) {
    const times: number[] = [];
    let hits = 0;
    for (let mail = 0; mail < MAILS; mail++) {
      const asked = questions[mail] ?? [];
      const text = asked.map((number) => word(number, random(100) < share ? "s" : "w")).join(" ");
      const startedAt = performance.now();
      const query = { organizationId, text, topic: null, sender: "grace@example.com", limit: 5 };
      const found = await findFacts(used, query);
      times.push(performance.now() - startedAt);
      if (found.some(({ answer }) => answer === `Answer ${mail}`)) hits++;
    }
    const result = `${Math.round(hits / MAILS * 100)} % found, ${median(times).toFixed(1)} ms`;
    report(`${share} % of the words are synonyms, by ${name}`, result);
  }
}
await model[Symbol.asyncDispose]();
await server[Symbol.asyncDispose]();
await services.bus.close();
await close();
