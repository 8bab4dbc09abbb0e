import { type Connection, statement } from "../../db/database.ts";
import { invalid, InvalidInputError } from "../errors.ts";
import { issuesOfTimezone } from "../timezone.ts";

/** Local time in a time zone. */
export interface LocalTime {
  /** `2030-03-31T09:00`, with or without seconds. */
  readonly time: string;
  /** IANA time zone. */
  readonly timezone: string;
}

const LOCAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/;
const PATH = "localSendAt";

/**
 * Converts a local time to an instant. A time that clocks skip is moved forward by the length of the gap; of a time
 * that clocks repeat, the first one is taken.
 *
 * @throws {InvalidInputError} path `localSendAt`, for a time that does not exist and an unknown time zone
 */
export function instantOf({ time, timezone }: LocalTime): Date {
  const issues = issuesOfTimezone(timezone);
  if (issues.length > 0) {
    throw new InvalidInputError(
      issues.map((issue) => ({ ...issue, path: [PATH, ...issue.path] })),
    );
  }
  const local = LOCAL.test(time) ? parse(time) : null;
  if (local) {
    const zoned = local.toZonedDateTime(timezone, { disambiguation: "compatible" });
    return new Date(zoned.epochMilliseconds);
  }
  const message = `is not a local time such as 2030-03-31T09:00: ${JSON.stringify(time)}`;
  throw invalid([PATH, "time"], "MALFORMED", message);
}

/** Null for a day or an hour that does not exist. */
function parse(time: string): Temporal.PlainDateTime | null {
  try {
    return Temporal.PlainDateTime.from(time, { overflow: "reject" });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const IS_PAST = statement<[at: Date], { past: boolean }>(
  "campaigns.isPast",
  "select $1::timestamptz <= now() as past",
);

/**
 * Refuses a date in the past, by the time of the database.
 *
 * @throws {InvalidInputError} path `sendAt`
 */
export async function checkFuture(tx: Connection, sendAt: Date): Promise<void> {
  const [row] = await tx.run(IS_PAST, sendAt);
  if (row?.past) throw invalid(["sendAt"], "OUT_OF_RANGE", "is in the past");
}
