import { InvalidInputError, type Issue } from "../../src/domain/errors.ts";
import { fromTypeIds, type Noun } from "../../src/domain/id.ts";

/** Values at most in one field of a filter. */
const MAX_VALUES = 1_000;

/**
 * A filter as the domain takes it. Null or absent sets no limit; an empty list could match nothing, so
 * it is more likely a mistake.
 *
 * @throws {InvalidInputError} naming each list that is empty or too long, and each text with a NUL in
 *   it, which the database cannot hold
 */
export function checkFilter<T extends object>(filter: T | null | undefined): Partial<T> {
  if (!filter) return {};
  const issues = Object.entries(filter).flatMap(([field, value]) => issuesOf(field, value));
  if (issues.length > 0) throw new InvalidInputError(issues);
  return filter;
}

/** The database ids in a field of a filter. @throws {InvalidInputError} @throws {NotFoundError} */
export function filterIds(
  noun: Noun,
  field: string,
  typeIds: readonly string[] | null | undefined,
): string[] | null {
  return typeIds ? fromTypeIds(noun, typeIds, ["filter", field]) : null;
}

function issuesOf(field: string, value: unknown): Issue[] {
  const path = ["filter", field];
  // What is searched for is a part of a text: a NUL is left out of it.
  if (!Array.isArray(value)) return field === "search" ? [] : issuesOfText(path, value);
  if (value.length === 0) {
    const message = "must not be empty; leave it out to set no limit";
    return [{ path, code: "EMPTY", message }];
  }
  if (value.length > MAX_VALUES) {
    return [{ path, code: "TOO_LONG", message: `must not hold more than ${MAX_VALUES} values` }];
  }
  return value.flatMap((item, index) => issuesOfText([...path, `${index}`], item));
}

function issuesOfText(path: readonly string[], value: unknown): Issue[] {
  if (typeof value !== "string" || !value.includes("\0")) return [];
  return [{ path, code: "MALFORMED", message: "must not hold NUL characters" }];
}
