import { DEFAULT_CHANNEL, MESSAGE_CHANNELS, type MessageChannel } from "../../domain/channel.ts";
import { invalid } from "../../domain/errors.ts";
import { SUPPRESSION_REASONS } from "../../domain/suppressions/reason.ts";
import type { SuppressionReason } from "../../domain/suppressions/suppression.ts";

/**
 * Refuses unknown parameters, because a misspelled one would be ignored.
 *
 * @throws {InvalidInputError} naming the first unknown parameter
 */
export function checkParameters(parameters: URLSearchParams, known: readonly string[]): void {
  for (const name of parameters.keys()) {
    if (known.includes(name)) continue;
    throw invalid([name], "UNKNOWN_FIELD", `is not a known parameter; use ${known.join(", ")}`);
  }
}

/**
 * Reads the channel of the addresses; absent: EMAIL.
 *
 * @throws {InvalidInputError} for an unknown channel
 */
export function channelOf(parameters: URLSearchParams): MessageChannel {
  const text = parameters.get("channel") ?? DEFAULT_CHANNEL;
  return oneOf("channel", text, MESSAGE_CHANNELS);
}

/**
 * Reads `keep=partial`: whether an import that fails keeps the recipients that it has added.
 *
 * @throws {InvalidInputError} for another value
 */
export function keepsPartial(parameters: URLSearchParams): boolean {
  const text = parameters.get("keep");
  return text !== null && oneOf("keep", text, ["partial"]) === "partial";
}

/**
 * Reads a parameter that is true or false; absent: false.
 *
 * @throws {InvalidInputError} for another value
 */
export function isTrue(parameters: URLSearchParams, name: string): boolean {
  return oneOf(name, parameters.get(name) ?? "false", ["true", "false"]) === "true";
}

function oneOf<T extends string>(name: string, text: string, values: readonly T[]): T {
  const value = values.find((value) => value === text);
  if (value) return value;
  const message = `must be ${values.join(" or ")}, not ${JSON.stringify(text)}`;
  throw invalid([name], "MALFORMED", message);
}

/**
 * Reads the reason of all rows; null: each row names its own.
 *
 * @throws {InvalidInputError} for an unknown reason
 */
export function reasonOf(parameters: URLSearchParams): SuppressionReason | null {
  const text = parameters.get("reason");
  return text === null ? null : oneOf("reason", text, SUPPRESSION_REASONS);
}
