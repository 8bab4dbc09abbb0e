import type { Issue } from "./errors.ts";

/**
 * Finds the fault of a time zone that is not in the IANA database.
 *
 * @returns an issue with path `timezone`; empty if there is no fault
 */
export function issuesOfTimezone(timezone: string): Issue[] {
  try {
    new Intl.DateTimeFormat("en", { timeZone: timezone });
    return [];
  } catch {
    const message = `is not an IANA time zone such as Europe/Berlin: ${JSON.stringify(timezone)}`;
    return [{ path: ["timezone"], code: "MALFORMED", message }];
  }
}
