/** Number of significant digits that name any double; a number with more of them is none. */
const MAX_DIGITS = 17;

/**
 * Reads a number of JSON or GraphQL. A number that a double cannot hold remains the text that the client
 * wrote: beyond 2^53, of more than 17 significant digits, or too close to 0.
 *
 * @param source "12", "-1.5", "1e3"
 */
export function toNumberOrText(source: string): number | string {
  const number = Number(source);
  const digits = source.replace(/e.*$/i, "").replaceAll(/\D/g, "").replace(/^0+/, "");
  const isHeld = Math.abs(number) <= Number.MAX_SAFE_INTEGER && digits.length <= MAX_DIGITS &&
    (number !== 0 || digits === "");
  return isHeld ? number : source;
}
