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
 * Yields the parts of a body as they arrive. The rest of a body that is too large is discarded.
 *
 * @param limit in bytes
 * @throws {BodyTooLargeError} @throws {BodyTimeoutError}
 */
export async function* receiveBody(
  { headers, body }: Request,
  limit: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = body?.getReader();
  let size = 0;
  try {
    if (Number(headers.get("content-length") ?? 0) > limit) throw new BodyTooLargeError(limit);
    while (reader) {
      const { done, value } = await receiveInTime(reader.read());
      if (done) return;
      size += value.length;
      if (size > limit) throw new BodyTooLargeError(limit);
      yield value;
    }
  } finally {
    // Deno discards the rest of a cancelled body. Without this, it resets the connection while the client still sends,
    // and the client cannot read the answer. A body cannot be cancelled if the connection is lost.
    reader?.cancel().catch(() => {});
  }
}

/**
 * Reads the body of a request; otherwise like `receiveBody`.
 *
 * @param limit in bytes
 * @param onPart called with the size of each part, in bytes; it may throw
 * @throws {BodyTooLargeError} @throws {BodyTimeoutError}
 */
export async function readBody(
  request: Request,
  limit: number,
  onPart: (bytes: number) => void = () => {},
): Promise<ArrayBuffer> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const part of receiveBody(request, limit)) {
    onPart(part.length);
    parts.push(part);
  }
  return await new Blob(parts).arrayBuffer();
}
