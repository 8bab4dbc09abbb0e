import { GraphQLError } from "graphql";

const DEADLINE_MS = 60_000;

/** The client has stopped sending the body of a request. */
export class BodyTimeoutError extends GraphQLError {
  override readonly name = "BodyTimeoutError";

  constructor() {
    super(
      `Cannot read the request: its body, or the next part of a file, did not arrive within ${
        DEADLINE_MS / 1_000
      } s; send it again`,
      { extensions: { code: "REQUEST_TIMEOUT", http: { status: 408 } } },
    );
  }
}

/**
 * Waits for a body, or for its next part, at most a minute.
 *
 * @throws {BodyTimeoutError}
 */
export async function receiveInTime<T>(reading: Promise<T>): Promise<T> {
  const { promise: timeout, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new BodyTimeoutError()), DEADLINE_MS);
  try {
    return await Promise.race([reading, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
