import type { Issue } from "./errors.ts";

/**
 * Finds the fault of a time zone that is not in the IANA database.
 *
 * @returns an issue with path `timezone`; empty if there is no fault
 */
export function issuesOfTimezone(timezone: string): Issue[] {
  try {
    // An offset such as +02:00 has the opposite sign in PostgreSQL.
    if (/^[+-]/.test(timezone)) {
      return [issue("is an offset; use the name of a time zone, such as Europe/Berlin")];
    }
    new Intl.DateTimeFormat("en", { timeZone: timezone });
    return [];
  } catch {
    return [unknownTimezone(timezone)];
  }
}

/** Creates the issue of a time zone that does not exist. */
export function unknownTimezone(timezone: string): Issue {
  return issue(`is not an IANA time zone such as Europe/Berlin: ${JSON.stringify(timezone)}`);
}

function issue(message: string): Issue {
  return { path: ["timezone"], code: "MALFORMED", message };
}
