import { InvalidInputError, type Issue } from "../src/domain/errors.ts";
import { fromTypeId, type Noun } from "../src/domain/id.ts";

/**
 * A filter as the domain takes it. Null or absent sets no limit; an empty list could match nothing, so
 * it is more likely a mistake.
 *
 * @throws {InvalidInputError} naming each empty list
 */
export function checkFilter<T extends object>(filter: T | null | undefined): Partial<T> {
  if (!filter) return {};
  const issues: Issue[] = Object.entries(filter)
    .filter(([, value]) => Array.isArray(value) && value.length === 0)
    .map(([field]) => ({
      path: ["filter", field],
      code: "EMPTY",
      message: "must not be empty; leave it out to set no limit",
    }));
  if (issues.length > 0) throw new InvalidInputError(issues);
  return filter;
}

/** The database ids in a field of a filter. @throws {InvalidInputError} @throws {NotFoundError} */
export function filterIds(
  noun: Noun,
  field: string,
  typeIds: readonly string[] | null | undefined,
): string[] | null {
  return typeIds?.map((id, index) => fromTypeId(noun, id, ["filter", field, `${index}`])) ?? null;
}
