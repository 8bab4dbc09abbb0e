import { z } from "zod";
import type { ModelAnswer } from "../ai/model.ts";
import type { ModelCall, ModelTextCall } from "./model_caller.ts";

/** Answer that was checked: its value, or its faults for the model to correct. */
export type CheckedAnswer<T> =
  | { readonly valid: true; readonly value: T }
  | { readonly valid: false; readonly faults: readonly string[] };

/** Reads and checks an answer of one question. */
export type AnswerCheck<T> = (answer: ModelAnswer) => CheckedAnswer<T>;

const MAX_FAULTS = 20;
const text = z.string().trim().min(1, "is empty");

/** Check of an answer that has a format. */
export function checkOf<T>(call: ModelCall<T>): AnswerCheck<T> {
  return (answer) => check(answer, () => JSON.parse(answer.text), call.answer, call.faultsOf);
}

/** Check of an answer in plain text. */
export function textCheckOf({ faultsOf }: ModelTextCall): AnswerCheck<string> {
  return (answer) => check(answer, () => answer.text, text, faultsOf);
}

function check<T>(
  { finishReason, usage }: ModelAnswer,
  read: () => unknown,
  schema: z.ZodType<T>,
  faultsOf: (value: T) => readonly string[] = () => [],
): CheckedAnswer<T> {
  if (finishReason === "length") {
    const length = usage ? ` after ${usage.outputTokens} tokens` : "";
    return invalid([`The answer was cut off${length}: answer in fewer words`]);
  }
  let json: unknown;
  try {
    json = read();
  } catch {
    return invalid(["The answer is not JSON"]);
  }
  const { data, error } = schema.safeParse(json);
  if (error) return invalid(error.issues.map(faultOf));
  const faults = faultsOf(data);
  return faults.length > 0 ? invalid(faults) : { valid: true, value: data };
}

function invalid(faults: readonly string[]) {
  return { valid: false as const, faults: faults.slice(0, MAX_FAULTS) };
}

// Without the names of unknown properties, because they may come from the text of a customer.
function faultOf({ path, code, message }: z.core.$ZodIssue): string {
  const place = path.length > 0 ? path.join(".") : "The answer";
  return `${place}: ${code === "unrecognized_keys" ? "has unknown properties" : message}`;
}

/** Request to correct an answer. */
export function correctionOf(faults: readonly string[]): string {
  return [
    "Your answer is invalid:",
    ...faults.map((fault) => `- ${fault}`),
    "Answer again, completely and in the same format, without these faults.",
  ].join("\n");
}
