import { InvalidInputError } from "./errors.ts";

/**
 * Runs a check of a part of an input.
 *
 * @param path of the part in the input; it is put before the paths of the issues
 * @throws {InvalidInputError} with these paths; all other errors as they are
 */
export async function withPath<T>(
  path: readonly string[],
  check: () => T | Promise<T>,
): Promise<T> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    throw new InvalidInputError(
      error.issues.map((issue) => ({ ...issue, path: [...path, ...issue.path] })),
    );
  }
}
