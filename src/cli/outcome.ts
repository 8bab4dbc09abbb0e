import { CommandError } from "./exit.ts";

interface Failed {
  readonly __typename: string;
  readonly reason: string;
  readonly issues?: readonly { readonly path: readonly string[]; readonly message: string }[];
}

/**
 * Returns the payload of a mutation.
 *
 * @param result the union that the mutation answered; null if it answered nothing
 * @param action for the message: "Cannot revoke key_…"
 * @throws {CommandError} with the reason, if the result is an error
 */
export function payloadOf<T extends { readonly __typename: string }>(
  result: T | Failed | null,
  action: string,
): Exclude<T, Failed> {
  if (result === null) throw new CommandError(`${action}: the server answered without a result`);
  if (isFailed(result)) throw failureOf(result, action);
  if (isPayload(result)) return result;
  throw new CommandError(`${action}: unexpected result ${result.__typename}`);
}

function isFailed(result: object): result is Failed {
  return "reason" in result;
}

function isPayload<T extends object>(result: T): result is Exclude<T, Failed> {
  return !isFailed(result);
}

function failureOf({ reason, issues = [] }: Failed, action: string): CommandError {
  const lines = issues.map(({ path, message }) => `\n  ${path.join(".")}: ${message}`);
  return new CommandError(`${action}: ${reason}${lines.join("")}`);
}
