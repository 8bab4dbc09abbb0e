import { z } from "zod";

const MAX_FACTS = 3;

/** Answer of the model about a reply that a person has edited. */
export const reviewAnswer = z.strictObject({
  shortcomings: z.array(
    z.enum(["MISSING_FACT", "WRONG_FACT", "WRONG_COMMITMENT", "WRONG_TONE"]),
  ),
  facts: z.array(z.strictObject({
    kind: z.enum(["FACT", "PREFERENCE"]),
    scope: z.string(),
    question: z.string(),
    answer: z.string(),
  })),
});

/** Answer of the model about a reply that a person has edited. */
export type ReviewAnswer = z.output<typeof reviewAnswer>;

/** Finds the faults of an answer that its schema does not express, as sentences for the model. */
export function faultsOfReview({ facts }: ReviewAnswer): string[] {
  const faults = facts.length > MAX_FACTS ? [`facts has more than ${MAX_FACTS} items`] : [];
  for (const [index, { kind, question, answer }] of facts.entries()) {
    if (answer.trim() === "") faults.push(`facts[${index}].answer is empty`);
    if (kind === "FACT" && question.trim() === "") faults.push(`facts[${index}].question is empty`);
  }
  return faults;
}
