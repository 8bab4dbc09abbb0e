import { statement } from "../../src/db/database.ts";
import { newId } from "../../src/domain/id.ts";
import { activePrompt } from "../../src/domain/prompts/active.ts";
import { MODEL } from "../support/ai_usage.ts";
import { newEmail, parsedMail, placeMails } from "../support/emails.ts";
import { inDatabase } from "./stopped_program.ts";

/** Number of threads that `insertSuggestions` answers. */
export const ANSWERED = 60;

const INSERT = statement<[organizationId: string, suggestions: string], never>(
  "test.insertSuggestions",
  `insert into suggestions (id, organization_id, thread_id, email_id, status, text, sent_text, topic,
     job_id, prompt_id, model, cost_micros, outcome, outcome_at, similarity, shortcomings,
     rating_good, rating_comment, rated_at)
   select id, $1, "threadId", "emailId", 'SENT', 'Dear Grace', 'Dear Grace', topic, id, "promptId",
     model, "costMicros", outcome, now() - make_interval(hours => hours), similarity, shortcomings,
     good, comment, case when good is not null then now() - make_interval(hours => hours) end
   from json_to_recordset($2::json) as s(id uuid, "threadId" uuid, "emailId" uuid, "promptId" uuid,
     model text, topic text, "costMicros" int8, outcome text, hours int, similarity real,
     shortcomings text[], good bool, comment text)`,
);

const OUTCOMES = [
  { outcome: "SENT_AS_IT_WAS", similarity: 1, shortcomings: [] },
  { outcome: "SENT_AS_IT_WAS", similarity: 1, shortcomings: [] },
  { outcome: "EDITED", similarity: 0.86, shortcomings: ["MISSING_FACT"] },
  { outcome: "EDITED", similarity: 0.71, shortcomings: ["WRONG_TONE", "TOO_LONG"] },
  { outcome: "ANSWERED_WITHOUT", similarity: 0.12, shortcomings: ["REWRITTEN_WHOLE"] },
] as const;

const REPLY = {
  from: { address: "shop@example.org", name: null },
  to: ["grace@example.com"],
};

const TOPICS = ["delivery", "invoice", "returns", "spare parts"];

const RATINGS = [
  { good: true, comment: "Exactly what I would have written." },
  { good: false, comment: "It promises Saturday, but we do not deliver to islands on Saturdays." },
  { good: true, comment: null },
];

/**
 * Inserts suggested replies of two models whose threads were answered over the last 24 days, some of them rated.
 *
 * @param dataDir DATA_DIR of a program that does not run
 */
export function insertSuggestions(dataDir: string): Promise<void> {
  return inDatabase(dataDir, async (services, organizationId) => {
    const prompt = await activePrompt(services, organizationId, "reply");
    const mails = Array.from(
      { length: ANSWERED },
      (_, n) => newEmail(parsedMail({ ...REPLY, subject: `Question ${n + 1}` }), { kind: "OWN" }),
    );
    const placed = await placeMails(services.db, organizationId, mails);
    const suggestions = placed.map(({ threadId, emailId }, n) => ({
      id: newId(),
      threadId,
      emailId,
      promptId: prompt.id,
      model: n % 3 === 0 ? "llama3.2" : MODEL,
      topic: TOPICS[n % TOPICS.length],
      costMicros: n % 3 === 0 ? null : 1_200 + 40 * n,
      hours: 7 + 9 * n + (n % 5) * 3,
      ...OUTCOMES[(n + (n % 7)) % OUTCOMES.length],
      ...RATINGS[n < RATINGS.length ? n : -1],
    }));
    await services.db.run(INSERT, organizationId, JSON.stringify(suggestions));
  });
}
