import { createHash } from "node:crypto";
import learning from "./files/learning.liquid" with { type: "text" };
import quote from "./files/quote.liquid" with { type: "text" };
import reply from "./files/reply.liquid" with { type: "text" };
import review from "./files/review.liquid" with { type: "text" };

/** Prompt that this program contains. */
export interface CodePrompt {
  /** Liquid template. */
  readonly text: string;
  /** Variables that the program sets, in addition to those of every prompt. */
  readonly variables: readonly string[];
}

/** Prompts of this program by name. A new prompt needs an entry here and a file in `files`. */
export const CODE_PROMPTS = {
  quote: { text: quote, variables: ["organization", "today"] },
  learning: { text: learning, variables: ["organization"] },
  reply: { text: reply, variables: ["organization", "today"] },
  review: { text: review, variables: ["organization"] },
} as const satisfies Readonly<Record<string, CodePrompt>>;

/** Name of a prompt. */
export type PromptName = keyof typeof CODE_PROMPTS;

/** Variable of a prompt, which the code that renders it must set. */
export type PromptVariable<Name extends PromptName> =
  (typeof CODE_PROMPTS)[Name]["variables"][number];

/** Names of all prompts. */
export const PROMPT_NAMES: readonly PromptName[] = Object.keys(CODE_PROMPTS).filter(isPromptName);

/**
 * Variable of all prompts, which every text must print: without the notice, the model could follow instructions of
 * customers.
 */
export const DATA_NOTICE = "data_notice";

/** Whether this program has the prompt. The database may contain prompts of a newer version. */
export function isPromptName(name: string): name is PromptName {
  return Object.hasOwn(CODE_PROMPTS, name);
}

/** Variables that a text of the prompt may name; empty for a prompt of another version of the program. */
export function variablesOf(name: string): string[] {
  return isPromptName(name) ? [DATA_NOTICE, ...CODE_PROMPTS[name].variables] : [];
}

/** Identifies the text of a prompt in this program, so that each text is stored once. */
export function codeDigest(name: PromptName): string {
  return createHash("sha256").update(`${name}\0${CODE_PROMPTS[name].text}`).digest("hex");
}
