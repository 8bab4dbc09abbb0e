import { z } from "zod";
import { lacksTopic, learnedScope, scopeOf } from "../knowledge/learned_scope.ts";
import type { ProposedFact } from "../knowledge/propose.ts";

const MAX_FACTS = 3;

/** Answer of the model about a reply that a person has edited. */
export const reviewAnswer = z.strictObject({
  shortcomings: z.array(
    z.enum(["MISSING_FACT", "WRONG_FACT", "WRONG_COMMITMENT", "WRONG_TONE"]),
  ),
  facts: z.array(z.strictObject({
    kind: z.enum(["FACT", "PREFERENCE"]),
    question: z.string(),
    answer: z.string(),
    ...learnedScope,
  })),
});

/** Answer of the model about a reply that a person has edited. */
export type ReviewAnswer = z.output<typeof reviewAnswer>;

/** Finds the faults of an answer that its schema does not express, as sentences for the model. */
export function faultsOfReview({ facts }: ReviewAnswer): string[] {
  const faults = facts.length > MAX_FACTS ? [`facts has more than ${MAX_FACTS} items`] : [];
  for (const [index, fact] of facts.entries()) {
    const { kind, question, answer } = fact;
    if (answer.trim() === "") faults.push(`facts[${index}].answer is empty`);
    if (kind === "FACT" && question.trim() === "") faults.push(`facts[${index}].question is empty`);
    if (lacksTopic(fact)) faults.push(`facts[${index}].topic is missing`);
  }
  return faults;
}

/**
 * Converts the facts of a valid answer.
 *
 * @param customer address that the reply was sent to
 * @param emailIds mails that the facts follow from
 */
export function factsOfReview(
  { facts }: ReviewAnswer,
  customer: string,
  emailIds: readonly string[],
): ProposedFact[] {
  return facts.flatMap(({ kind, question, answer, ...learned }) => {
    const scope = scopeOf(learned, customer);
    return scope === null ? [] : { kind, scope, question, answer, emailIds };
  });
}
