const LINE_FEED = 0x0a;

// Each line takes the parser about 25 µs, because it stores lines as parts of a Blob.
const MAX_LINES = 10_000;

/**
 * Returns the part of a mail that is parsed, because parsing blocks the event loop: at most 10,000 lines.
 *
 * @param maxBytes its maximum size
 */
export function beginningOf<T extends ArrayBufferLike>(
  mail: Uint8Array<T>,
  maxBytes: number,
): Uint8Array<T> {
  const beginning = mail.subarray(0, maxBytes);
  let end = 0;
  for (let lines = 0; lines < MAX_LINES; lines++) {
    end = beginning.indexOf(LINE_FEED, end) + 1;
    if (end === 0) return beginning;
  }
  return beginning.subarray(0, end);
}
