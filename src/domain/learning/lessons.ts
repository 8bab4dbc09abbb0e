import { z } from "zod";
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
    mails: z.array(z.number()),
  })),
});

/** Answer of the model for the mails of one call. */
export type LessonsAnswer = z.output<typeof lessonsAnswer>;

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
  for (const [index, { question, answer, mails }] of facts.entries()) {
    const name = `facts[${index}]`;
    if (isMissing(question) || isMissing(answer)) {
      faults.push(`question or answer of ${name} is empty or longer than ${MAX_TEXT} characters`);
    }
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
 * @param emailIds mails in the order of their numbers
 */
export function lessonsOf(answer: LessonsAnswer, emailIds: readonly string[]): Lessons {
  const idOf = (number: number) => emailIds[number - 1] ?? [];
  const { mails } = answer;
  const topicsOf = new Map(mails.map(({ mail, topics }) => [mail, topics.slice(0, MAX_TOPICS)]));
  return {
    emails: emailIds.map((emailId, index) => ({ emailId, topics: topicsOf.get(index + 1) ?? [] })),
    facts: answer.facts.map(({ question, answer, mails }) => ({
      kind: "FACT",
      scope: "all",
      question,
      answer,
      emailIds: mails.flatMap(idOf),
    })),
    style: {
      tone: mostFrequent(mails.map(({ tone }) => tone)),
      greeting: mostFrequent(mails.map(({ greeting }) => greeting)),
      signOff: mostFrequent(mails.map(({ signOff }) => signOff)),
      language: mostFrequent(mails.map(({ language }) => language)),
    },
  };
}

function mostFrequent(values: readonly (string | null)[]): StyleVotes | null {
  const known = values.flatMap((value) => value?.trim().slice(0, MAX_STYLE) || []);
  const [most] = [...Map.groupBy(known, (value) => value)]
    .toSorted(([, a], [, b]) => b.length - a.length);
  return most ? { value: most[0], count: most[1].length } : null;
}
