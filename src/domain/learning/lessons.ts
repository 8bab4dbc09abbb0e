import { z } from "zod";
import { lacksTopic, learnedScope, scopeOf } from "../knowledge/learned_scope.ts";
import type { ProposedFact } from "../knowledge/propose.ts";
import type { StyleVotes, VotedStyle } from "../knowledge/style.ts";
import type { EmailTopics } from "../knowledge/topics.ts";

/** Maximum number of facts that one answer contains for each mail. */
export const MAX_FACTS_PER_MAIL = 3;
const MAX_TOPICS = 5;
const MAX_STYLE = 200;
const MAX_TEXT = 1_000;

/** Answer of the model for the mails of one call, which are numbered from 1. */
export const lessonsAnswer = z.strictObject({
  mails: z.array(z.strictObject({
    mail: z.number(),
    tone: z.string(),
    greeting: z.string().nullable(),
    signOff: z.string().nullable(),
    language: z.string(),
    topics: z.array(z.string()),
  })),
  facts: z.array(z.strictObject({
    question: z.string(),
    answer: z.string(),
    ...learnedScope,
    mails: z.array(z.number()),
  })),
});

/** Answer of the model for the mails of one call. */
export type LessonsAnswer = z.output<typeof lessonsAnswer>;

/** A mail that the organization has sent. */
export interface LearnedEmail {
  readonly id: string;
  /** First recipient; null: none is known. */
  readonly customer: string | null;
}

/** Facts, topics and style learned from mails. */
export interface Lessons {
  /** All mails that were learned, with their topics. */
  readonly emails: readonly EmailTopics[];
  readonly facts: readonly ProposedFact[];
  /** Most frequent values. */
  readonly style: VotedStyle;
}

/**
 * Finds the faults of an answer that its schema does not express.
 *
 * @param count number of mails in the request
 * @returns sentences that the model can correct its answer by; none for a valid answer
 */
export function faultsOfLessons({ mails, facts }: LessonsAnswer, count: number): string[] {
  const faults: string[] = [];
  const numbers = mails.map(({ mail }) => mail).toSorted((a, b) => a - b);
  if (numbers.length !== count || numbers.some((number, index) => number !== index + 1)) {
    faults.push(`mails must contain each of the numbers 1 to ${count} once`);
  }
  if (facts.length > count * MAX_FACTS_PER_MAIL) {
    faults.push(`facts has more than ${count * MAX_FACTS_PER_MAIL} items`);
  }
  for (const [index, fact] of facts.entries()) {
    const { question, answer, mails } = fact;
    const name = `facts[${index}]`;
    if (isMissing(question) || isMissing(answer)) {
      faults.push(`question or answer of ${name} is empty or longer than ${MAX_TEXT} characters`);
    }
    if (lacksTopic(fact)) faults.push(`${name}.topic is missing`);
    if (mails.length === 0 || mails.some((mail) => !numbers.includes(mail))) {
      faults.push(`${name}.mails must name at least one mail, by numbers from 1 to ${count}`);
    }
  }
  return faults;
}

function isMissing(text: string): boolean {
  return text.trim() === "" || text.length > MAX_TEXT;
}

/**
 * Converts a valid answer.
 *
 * @param emails in the order of their numbers
 */
export function lessonsOf(
  { mails, facts }: LessonsAnswer,
  emails: readonly LearnedEmail[],
): Lessons {
  const topicsOf = new Map(mails.map(({ mail, topics }) => [mail, topics.slice(0, MAX_TOPICS)]));
  return {
    emails: emails.map(({ id }, index) => ({
      emailId: id,
      topics: topicsOf.get(index + 1) ?? [],
    })),
    facts: facts.flatMap((fact) =>
      factsOf(fact, fact.mails.flatMap((number) => emails[number - 1] ?? []))
    ),
    style: {
      tone: mostFrequent(mails.map(({ tone }) => tone)),
      greeting: mostFrequent(mails.map(({ greeting }) => greeting)),
      signOff: mostFrequent(mails.map(({ signOff }) => signOff)),
      language: mostFrequent(mails.map(({ language }) => language)),
    },
  };
}

/** Returns one fact for each scope: a fact about the customers of several mails is one fact for each customer. */
function factsOf(
  { question, answer, ...learned }: LessonsAnswer["facts"][number],
  emails: readonly LearnedEmail[],
): ProposedFact[] {
  const byScope = Map.groupBy(emails, ({ customer }) => scopeOf(learned, customer));
  return [...byScope].flatMap(([scope, of]) =>
    scope === null
      ? []
      : { kind: "FACT", scope, question, answer, emailIds: of.map(({ id }) => id) }
  );
}

function mostFrequent(values: readonly (string | null)[]): StyleVotes | null {
  const known = values.flatMap((value) => value?.trim().slice(0, MAX_STYLE) || []);
  const [most] = [...Map.groupBy(known, (value) => value)]
    .toSorted(([, a], [, b]) => b.length - a.length);
  return most ? { value: most[0], count: most[1].length } : null;
}
