import { GraphQLError } from "graphql";
import { receiveInTime } from "./body_deadline.ts";

/** The body of a request is larger than its limit. */
export class BodyTooLargeError extends GraphQLError {
  override readonly name = "BodyTooLargeError";

  /** @param limit in bytes */
  constructor(limit: number) {
    super(`The body of the request is larger than ${limit} bytes`, {
      extensions: { code: "REQUEST_ENTITY_TOO_LARGE", http: { status: 413 } },
    });
  }
}

/**
 * Reads the body of a request. The rest of a body that is too large is not read.
 *
 * @param limit in bytes
 * @throws {BodyTooLargeError} @throws {BodyTimeoutError}
 */
export async function readBody({ headers, body }: Request, limit: number): Promise<ArrayBuffer> {
  if (Number(headers.get("content-length") ?? 0) > limit) throw new BodyTooLargeError(limit);
  const reader = body?.getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  try {
    while (reader) {
      const { done, value } = await receiveInTime(reader.read());
      if (done) break;
      size += value.length;
      if (size > limit) throw new BodyTooLargeError(limit);
      parts.push(value);
    }
  } finally {
    // It cannot be cancelled if the connection is lost.
    reader?.cancel().catch(() => {});
  }
  return await new Blob(parts).arrayBuffer();
}
