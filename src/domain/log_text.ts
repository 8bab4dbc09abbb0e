// A text in quotes repeats input: `Cannot send to "a b@example.net"`.
const QUOTED = /"(?:[^"\\]|\\.)*"/g;
const ADDRESS = /[^\s<>()[\]",;:]+@[^\s<>()[\]",;:]+/g;

/** Returns the text of a failure for the log: without email addresses, and without quoted texts. */
export function toLogText(text: string): string {
  return text.replaceAll(QUOTED, '"…"').replaceAll(ADDRESS, "…");
}
