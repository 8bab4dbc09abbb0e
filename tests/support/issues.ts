import { InvalidInputError } from "../../src/domain/errors.ts";

/** Path and code of each issue of an InvalidInputError: "to.list.1.address MALFORMED". */
export async function issuesOf(attempt: () => unknown): Promise<string[]> {
  try {
    await attempt();
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return error.issues.map(({ path, code }) => `${path.join(".")} ${code}`);
  }
  throw new Error("Expected an InvalidInputError");
}
