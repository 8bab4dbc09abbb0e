import { z } from "zod";
import { ALL, readScope, topicName } from "./scope.ts";

/**
 * Fields of a fact in an answer of the model: the mails that it holds for. They contain no address, because the text of
 * a mail could make the model name the address of another person.
 */
export const learnedScope = {
  scope: z.enum(["ALL", "TOPIC", "CUSTOMER"]),
  topic: z.string().nullable(),
};

/** Mails that a fact holds for, as the model says. */
export interface LearnedScope {
  readonly scope: "ALL" | "TOPIC" | "CUSTOMER";
  /** Null: the scope is not TOPIC. */
  readonly topic: string | null;
}

/** Whether the name of the topic is missing. */
export function lacksTopic({ scope, topic }: LearnedScope): boolean {
  return scope === "TOPIC" && topicName(topic ?? "") === "";
}

/**
 * Returns the scope of a learned fact. A fact about a customer is for its address and never for its domain, because many
 * domains belong to a provider of mailboxes for unrelated people, and no list of them is complete.
 *
 * @param customer address of the other party of the mail; null: not known
 * @returns see `readScope`; null: a fact about an unknown customer
 */
export function scopeOf({ scope, topic }: LearnedScope, customer: string | null): string | null {
  if (scope === "TOPIC") return readScope(`topic:${topic}`);
  if (scope === "CUSTOMER") return customer === null ? null : readScope(`sender:${customer}`);
  return ALL;
}
