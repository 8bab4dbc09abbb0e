import { InvalidInputError, type Issue } from "../../src/domain/errors.ts";
import { fromTypeId, fromTypeIds, type Noun } from "../../src/domain/id.ts";

/** Maximum number of values in one list of a filter. */
const MAX_VALUES = 1_000;
// Each row is compared with the whole text, which takes seconds for a megabyte.
const MAX_SEARCH_LENGTH = 1_000;

/**
 * Checks the filter of a list. Null or absent means no limit. An empty list is refused, because it would
 * match nothing and is probably a mistake.
 *
 * @returns the filter; an empty one for null
 * @throws {InvalidInputError} naming each list that is empty or too long, a search of more than 1,000
 *   characters, and each text with a NUL, which PostgreSQL cannot store
 */
export function checkFilter<T extends object>(filter: T | null | undefined): Partial<T> {
  if (!filter) return {};
  const issues = Object.entries(filter).flatMap(([field, value]) => issuesOfField(field, value));
  if (issues.length > 0) throw new InvalidInputError(issues);
  return filter;
}

/**
 * Checks the argument `search` of a list without a filter.
 *
 * @returns null if it is absent or empty
 * @throws {InvalidInputError} for more than 1,000 characters
 */
export function checkSearch(search: string | null | undefined): string | null {
  const issues = issuesOfSearch(["search"], search);
  if (issues.length > 0) throw new InvalidInputError(issues);
  return search || null;
}

/**
 * Reads the ids in a field of a filter.
 *
 * @returns database ids; null when the field is absent
 * @throws {InvalidInputError} for the id of another noun, and for more than 1,000 ids
 * @throws {NotFoundError} naming the values that are not ids
 */
export function filterIds(
  noun: Noun,
  field: string,
  typeIds: readonly string[] | null | undefined,
): string[] | null {
  return typeIds ? fromTypeIds(noun, typeIds, ["filter", field]) : null;
}

/**
 * Reads the id in a field of a filter.
 *
 * @returns database id; null when the field is absent
 * @throws {InvalidInputError} for the id of another noun
 * @throws {NotFoundError} for a value that is not an id
 */
export function filterId(
  noun: Noun,
  field: string,
  typeId: string | null | undefined,
): string | null {
  return typeId == null ? null : fromTypeId(noun, typeId, ["filter", field]);
}

function issuesOfField(field: string, value: unknown): Issue[] {
  const path = ["filter", field];
  if (field === "search") return issuesOfSearch(path, value);
  if (!Array.isArray(value)) return issuesOfText(path, value);
  if (value.length === 0) {
    const message = "must not be empty; omit it to set no limit";
    return [{ path, code: "EMPTY", message }];
  }
  if (value.length > MAX_VALUES) {
    return [{ path, code: "TOO_LONG", message: `must have at most ${MAX_VALUES} values` }];
  }
  return value.flatMap((item, index) => issuesOfText([...path, `${index}`], item));
}

// A search drops NULs instead of refusing them, because it matches part of a text only.
function issuesOfSearch(path: readonly string[], value: unknown): Issue[] {
  if (typeof value !== "string" || value.length <= MAX_SEARCH_LENGTH) return [];
  const message = `must have at most ${MAX_SEARCH_LENGTH} characters`;
  return [{ path, code: "TOO_LONG", message }];
}

function issuesOfText(path: readonly string[], value: unknown): Issue[] {
  if (typeof value !== "string" || !value.includes("\0")) return [];
  return [{ path, code: "MALFORMED", message: "must not contain NUL characters" }];
}
