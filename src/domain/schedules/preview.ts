import { InvalidInputError } from "../errors.ts";
import type { Services } from "../services.ts";
import { readDatabaseTime } from "./now.ts";
import { inWords, issuesOfRhythm, nextTicks } from "./ticks.ts";

const TICKS = 10;

/** Meaning of a cron expression. */
export interface TickPreview {
  readonly words: string;
  readonly nextTicks: readonly Date[];
}

/**
 * Explains a cron expression.
 *
 * @throws {InvalidInputError} with the paths `cron` and `timezone`
 */
export async function previewTicks(
  { db }: Services,
  cron: string,
  timezone: string,
): Promise<TickPreview> {
  const now = await readDatabaseTime(db);
  const issues = issuesOfRhythm(cron, timezone, now);
  if (issues.length > 0) throw new InvalidInputError(issues);
  const rhythm = { cron, intervalMs: null, timezone };
  return { words: inWords(rhythm), nextTicks: nextTicks(rhythm, now, TICKS) };
}
