import type { Caller } from "../access/access.ts";
import { invalid } from "../errors.ts";
import { parseTypeId } from "../id.ts";
import { JOB_KIND_NAMES } from "../jobs/kinds.ts";
import type { Services } from "../services.ts";
import { findById } from "./by_id.ts";
import { findByText } from "./by_text.ts";
import type { SearchHit } from "./hit.ts";

/** Maximum number of hits of a search. */
export const MAX_HITS = 50;
const MAX_TEXT = 320;
// Shorter beginnings of an address match too many.
const MIN_ADDRESS = 3;

/**
 * Finds the objects that a text may mean: an id of any kind, an address or its beginning, or a part of a title.
 * It searches the newest 20,000 messages, audiences, quotes and threads, and the newest 2,000 jobs, of the organization.
 *
 * @param limit maximum number of hits, 1 to 50
 * @returns objects that the caller may see, by kind
 * @throws {InvalidInputError} for a limit out of range, and a text of more than 320 characters
 */
export async function search(
  { db }: Services,
  caller: Caller,
  text: string,
  limit: number,
): Promise<SearchHit[]> {
  if (limit < 1 || limit > MAX_HITS) {
    throw invalid(["first"], "OUT_OF_RANGE", `must be from 1 to ${MAX_HITS}, got ${limit}`);
  }
  const wanted = text.replaceAll("\0", "").trim();
  if (wanted.length > MAX_TEXT) {
    throw invalid(["text"], "TOO_LONG", `must have at most ${MAX_TEXT} characters`);
  }
  if (wanted === "") return [];
  const parsed = parseTypeId(wanted);
  if (parsed) return await findById(db, caller, parsed.noun, parsed.id);
  const readings = {
    titlePattern: `%${wanted.replaceAll(/[\\%_]/g, "\\$&")}%`,
    address: wanted.length < MIN_ADDRESS ? "" : wanted,
    jobKinds: kindsLike(wanted),
  };
  return await findByText(db, caller, readings, limit);
}

function kindsLike(text: string): string[] {
  const part = text.toUpperCase().replaceAll(/[\s-]+/g, "_");
  return JOB_KIND_NAMES.filter((kind) => kind.includes(part));
}
