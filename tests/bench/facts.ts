// Facts: the time of each list of 100,000 facts, and of finding facts for a mail, with the share of mails for which the
// fact that answers them is among the first 10. On PostgreSQL; with --embedded on the embedded
// database. Option for a short run: --facts.
import { parseArgs } from "node:util";
import { LONG, statement } from "../../src/db/database.ts";
import { findFacts } from "../../src/domain/knowledge/find_facts.ts";
import { type FactFilter, listFacts } from "../../src/domain/knowledge/list.ts";
import { createBus } from "../../src/events/bus.ts";
import { createOrganization } from "../support/callers.ts";
import { embeddedDatabase, testDatabase } from "../support/database.ts";
import { median, quantile, report } from "./report.ts";

const { values } = parseArgs({
  options: {
    facts: { type: "string", default: "100000" },
    embedded: { type: "boolean", default: false },
  },
});
const FACTS = Number(values.facts);
const READINGS = 15;
const MAILS = 100;

// Words are as frequent as in a language (Zipf): "the" is in most facts, most others in few.
const WORDS = statement<[]>(
  "bench.words",
  `create function bench_words(number int) returns text language sql volatile as $$
     select string_agg('w' || repeat('x', word % 7) || word, ' ')
     from (select floor(power(20000, random()))::int as word from generate_series(1, number)) s $$`,
);

// Of 100 facts 60 are PROPOSED, 30 APPROVED, 10 DISMISSED.
const FILL = statement<[organizationId: string, count: number]>(
  "bench.fillFacts",
  `insert into facts (id, organization_id, state, kind, scope, question, answer, digest, evidence_count,
     origin, decided_at)
   select uuid_v7(), $1, case when n % 10 < 6 then 'PROPOSED' when n % 10 < 9 then 'APPROVED'
       else 'DISMISSED' end, 'FACT', case when n % 4 = 0 then 'topic:t' || n % 50 else 'all' end,
     bench_words(8), bench_words(25), n::text, floor(power(50, random()))::int, 'LEARNED',
     case when n % 10 >= 6 then now() end
   from generate_series(1, $2) n`,
  LONG,
);
const ANALYZE = statement<[]>("bench.analyzeFacts", "vacuum analyze facts");

// A mail has some words of the question that it asks, and many others.
const MAKE_MAILS = statement<[count: number], { id: string; text: string }>(
  "bench.mails",
  `select f.id, bench_words(60) || ' ' || f.words as text from (
     select id, (select string_agg(word, ' ') from (
       select word from unnest(string_to_array(question, ' ')) as q(word) order by random() limit 4) w)
       as words
     from facts where state <> 'DISMISSED' order by random() limit $1) f`,
  LONG,
);

const FILTERS: Readonly<Record<string, FactFilter>> = {
  "all but the dismissed ones": {},
  "proposed": { states: ["PROPOSED"] },
  "dismissed": { states: ["DISMISSED"] },
  "search, a rare word": { search: "wxxxxx19563" },
  "search, a word of one in 30 facts": { search: "w98" },
  "search, two words": { search: "w21 wxxx10" },
  "search, no match": { search: "nothing" },
};

async function timesOf(read: () => Promise<unknown>): Promise<string> {
  const times: number[] = [];
  for (let n = 0; n < READINGS; n++) {
    const startedAt = performance.now();
    await read();
    times.push(performance.now() - startedAt);
  }
  return `${median(times).toFixed(1)} ms, at most ${Math.max(...times).toFixed(1)} ms`;
}

const { db, close } = await (values.embedded ? embeddedDatabase : testDatabase)();
const services = { db, bus: createBus() };
const { id: organizationId, member } = await createOrganization(db);
await db.run(WORDS);
await db.run(FILL, organizationId, FACTS);
await db.run(ANALYZE);
for (const [name, filter] of Object.entries(FILTERS)) {
  report(`facts: ${name}`, await timesOf(() => listFacts(services, member, filter, {})));
}
const times: number[] = [];
let hits = 0;
for (const { id, text } of await db.run(MAKE_MAILS, MAILS)) {
  const startedAt = performance.now();
  const sender = "grace@example.com";
  const found = await findFacts(services, { organizationId, text, topic: null, sender, limit: 10 });
  times.push(performance.now() - startedAt);
  if (found.some((fact) => fact.id === id)) hits++;
}
const [middle, late] = [median(times), quantile(times, 0.99)].map((ms) => ms.toFixed(1));
report("facts for a mail", `${middle} and ${late} ms (median and p99)`);
report("mails whose fact is among the first 10", `${hits} of ${MAILS}`);
await services.bus.close();
await close();
