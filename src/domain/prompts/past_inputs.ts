import type { z } from "zod";
import type { ModelInput } from "../../ai/model.ts";
import type { AiCallKind } from "../ai_usage/call.ts";
import type { Noun } from "../id.ts";
import type { Services } from "../services.ts";
import type { PromptVersion } from "./prompt.ts";

/** Request to the model that is made with a prompt. */
export interface PromptRequest<Answer = unknown> {
  /** Rendered prompt. */
  readonly instructions: string;
  readonly input: readonly ModelInput[];
  readonly answer: z.ZodType<Answer>;
  readonly maxOutputTokens: number;
  /** Violations of rules that the schema cannot express; empty: accepted. */
  faultsOf?(answer: Answer): readonly string[];
}

/** Request that repeats a past one with another version of its prompt. */
export interface RepeatedRequest<Answer = unknown> extends PromptRequest<Answer> {
  /** Result of the past request, in the form of `format`. */
  readonly before: string;
  /** Writes an answer as text, so that a person can compare it with another. */
  format(answer: Answer): string;
}

/** Object whose input a trial repeats. */
export interface PastInput {
  /** Database id of the object. */
  readonly id: string;
  /** Contact whose text it contains; null: none is known. */
  readonly contactId: string | null;
}

/** Past inputs of a prompt, for trials. Implemented by the noun that uses the prompt. */
export interface PastInputs {
  /** Noun of the objects. */
  readonly noun: Noun;
  /** Kind of the calls that are made with the prompt. */
  readonly kind: AiCallKind;
  /** Finds the newest objects with a result. */
  newest(services: Services, organizationId: string, limit: number): Promise<PastInput[]>;
  /** Builds the request of an object with a version of the prompt; null if the object was deleted. */
  repeat(
    services: Services,
    organizationId: string,
    id: string,
    prompt: PromptVersion,
  ): Promise<RepeatedRequest | null>;
}

/** Past inputs by the name of their prompt. A prompt without any cannot be tried. */
export type PastInputsByPrompt = Readonly<Record<string, PastInputs>>;
