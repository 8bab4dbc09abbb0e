import { invalid } from "../errors.ts";
import type { Services } from "../services.ts";

const MAX_LENGTH = 2_000;
const PATH = ["url"];

/**
 * Checks the URL of an endpoint, and resolves its host. Each call checks the addresses again.
 *
 * @returns the URL in its standard form
 * @throws {InvalidInputError} for a URL that is malformed, neither http nor https, has credentials, or leads to a
 *   host that is unknown or private
 */
export async function checkUrl({ refusalOfHost }: Services, text: string): Promise<string> {
  const url = URL.parse(text);
  if (!url) throw invalid(PATH, "MALFORMED", "must be a URL");
  const { protocol, username, password, hostname, href } = url;
  if (protocol !== "https:" && protocol !== "http:") {
    throw invalid(PATH, "MALFORMED", "must start with https:// or http://");
  }
  if (username !== "" || password !== "") {
    throw invalid(PATH, "MALFORMED", "must not have a user or password; verify the signature");
  }
  if (href.length > MAX_LENGTH) {
    throw invalid(PATH, "TOO_LONG", `must have at most ${MAX_LENGTH} characters`);
  }
  const refusal = await refusalOfHost?.(hostname);
  if (refusal) throw invalid(PATH, refusal.code, refusal.message);
  return href;
}
