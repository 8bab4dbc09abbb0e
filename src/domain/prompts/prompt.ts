import type { PromptName } from "./code_prompts.ts";

/** Origin of a version: text of a program, or text that an ADMIN has saved. */
export type PromptSource = "CODE" | "OVERRIDE";

/** Text of a prompt in one version, which never changes. */
export interface PromptVersion<Name extends string = string> {
  readonly id: string;
  readonly organizationId: string;
  readonly name: Name;
  /** Number among the versions of the prompt in the organization, from 1. */
  readonly version: number;
  readonly source: PromptSource;
  /** Liquid template. */
  readonly text: string;
  /** Whether calls use this version from now on. */
  readonly active: boolean;
  /** For the text of a program: time of its first use in the organization. */
  readonly createdAt: Date;
  /** User who saved it; null: it is of a program, or the key or token named none. */
  readonly createdBy: string | null;
}

/** A version of a prompt that this program has. */
export type KnownPrompt = { [Name in PromptName]: PromptVersion<Name> }[PromptName];
