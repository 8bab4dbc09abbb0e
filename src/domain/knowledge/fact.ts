import { createHash } from "node:crypto";
import type { Columns } from "../../db/columns.ts";

/** State of a fact: PROPOSED until a person approves or dismisses it. */
export type FactState = "PROPOSED" | "APPROVED" | "DISMISSED";

/** FACT: an answer to a question. PREFERENCE: a style of replies, independent of their topic. */
export type FactKind = "FACT" | "PREFERENCE";

/** LEARNED: from mails. EDIT: from the edit of a suggestion. ADDED: by a person. */
export type FactOrigin = "LEARNED" | "EDIT" | "ADDED";

/** A question with its answer, or a writing preference, for suggested replies. */
export interface Fact {
  readonly id: string;
  readonly organizationId: string;
  readonly state: FactState;
  readonly kind: FactKind;
  /** Mails that it is used for, see `readScope`. */
  readonly scope: string;
  readonly question: string;
  readonly answer: string;
  readonly origin: FactOrigin;
  /** Number of mails that it was learned from. */
  readonly evidenceCount: number;
  readonly createdAt: Date;
  /** Null: PROPOSED. */
  readonly decidedAt: Date | null;
  /** User who approved, dismissed or added it; null: a caller without a user. */
  readonly decidedBy: string | null;
}

/** A fact that may help to answer a mail: approved, or proposed and to be marked as such. */
export type FoundFact =
  & Pick<
    Fact,
    "id" | "kind" | "scope" | "question" | "answer" | "evidenceCount"
  >
  & { readonly state: "APPROVED" | "PROPOSED" };

/** Stored columns of a fact under the names of `Fact`. */
export const FACT_FIELDS = [
  "id",
  "organization_id as organizationId",
  "state",
  "kind",
  "scope",
  "question",
  "answer",
  "origin",
  "evidence_count as evidenceCount",
  "created_at as createdAt",
  "decided_at as decidedAt",
  "decided_by as decidedBy",
] as const satisfies Columns;

/** Longest question, in characters. */
export const MAX_QUESTION = 1_000;
/** Longest answer, in characters. */
export const MAX_ANSWER = 5_000;

/**
 * Returns the SHA-256 of question and answer. Texts that differ only in case, spaces and punctuation have the same one.
 */
export function digestOf(question: string, answer: string): string {
  return createHash("sha256").update(`${wordsOf(question)}\n${wordsOf(answer)}`).digest("hex");
}

// Symbols are kept, because "€" and "$" are different answers.
function wordsOf(text: string): string {
  return text.normalize("NFKC").toLowerCase().replace(/[\p{P}\p{Z}\p{C}]+/gu, " ").trim();
}
