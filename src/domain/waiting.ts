/** Reason why a message, a delivery or a job waits. */
export type WaitingReason =
  | "LANE_FULL"
  | "LANE_PAUSED"
  | "PAUSED"
  | "PROVIDER_OPEN"
  | "NO_PROVIDER"
  | "RATE_LIMIT"
  | "BACKOFF"
  | "NOT_DUE"
  | "BUDGET"
  | "HELD"
  | "BEHIND";

/** Explanation why a message, a delivery or a job waits. */
export interface WaitingFor {
  readonly reason: WaitingReason;
  /** One sentence for people. */
  readonly text: string;
  /** Time at which the wait ends; null: when a person acts, or unknown. */
  readonly until: Date | null;
  /** Number of objects before it; null above `MAX_POSITION`, and for other reasons than BEHIND. */
  readonly position: number | null;
  /** Provider that it waits for, or that made it wait; null: none, or several. */
  readonly providerId: string | null;
}

/** Maximum position that is counted. */
export const MAX_POSITION = 10_000;

/** Pause of a message `m` and its first provider `pause_provider`, as SQL text; see `PausedRow`. */
export const PAUSE_COLUMNS = `m.paused_at as "pausedAt", m.pause_reason as "pauseReason",
  m.pause_code as "pauseCode", pause_provider.id as "pauseProviderId",
  pause_provider.name as "pauseProvider"`;

/** Join of the first provider because of which a message `m` is paused, as SQL text. */
export const JOIN_PAUSE_PROVIDER =
  "left join providers pause_provider on pause_provider.id = m.pause_provider_ids[1]";

/** Row with the columns of `PAUSE_COLUMNS`. */
export interface PausedRow {
  /** Null: not paused. */
  readonly pausedAt: Date | null;
  readonly pauseReason: string | null;
  /** Null if a person paused the message, or the provider sent no code. */
  readonly pauseCode: string | null;
  readonly pauseProviderId: string | null;
  /** Name of the provider. */
  readonly pauseProvider: string | null;
}

// Codes of the pauses that end when a provider is enabled or configured.
const NO_PROVIDER_CODES: ReadonlySet<string | null> = new Set(["DISABLED", "NOT_CONFIGURED"]);

/** Explains the wait for a message that is paused; null if it is not. */
export function waitWhilePaused(row: PausedRow): WaitingFor | null {
  const { pausedAt, pauseCode, pauseProviderId: providerId, pauseProvider } = row;
  if (!pausedAt) return null;
  const cause = row.pauseReason ?? "Paused";
  const minute = Math.floor(pausedAt.getTime() / MINUTE_MS) * MINUTE_MS;
  const since = `since ${formatTime(new Date(minute), null)}`;
  // A person gives no code and no provider, and the reason says that a person did it.
  const byPerson = pauseCode === null && providerId === null;
  const at = pauseProvider ? ` of provider ${pauseProvider}` : "";
  // The combined error of the providers begins with the name of the first one.
  const prefix = `${pauseProvider}: `;
  const error = cause.startsWith(prefix) ? cause.slice(prefix.length) : cause;
  const text = byPerson
    ? `${cause} ${since}`
    : `Paused ${since} because of an error${at}: ${error}`;
  const reason = NO_PROVIDER_CODES.has(pauseCode) ? "NO_PROVIDER" : "PAUSED";
  return { reason, text, until: null, position: null, providerId };
}

/** Explains the wait for the release of the installation, which is on hold. */
export function waitWhileHeld(): WaitingFor {
  const text = "The installation is on hold until an operator releases it";
  return { reason: "HELD", text, until: null, position: null, providerId: null };
}

/** Explains the wait for a lane that an operator has paused. */
export function waitWhileLanePaused(lane: string, by: string, at: Date): WaitingFor {
  const minute = Math.floor(at.getTime() / MINUTE_MS) * MINUTE_MS;
  const text = `Lane ${lane} is paused by ${by} since ${formatTime(new Date(minute), null)}`;
  return { reason: "LANE_PAUSED", text, until: null, position: null, providerId: null };
}

/** Explains the wait for a time that a caller has chosen. */
export function waitUntilDue(at: Date, now: Date): WaitingFor {
  const text = `Starts at ${formatUntil(at, now)}`;
  return { reason: "NOT_DUE", text, until: at, position: null, providerId: null };
}

/**
 * Explains the wait behind other objects.
 *
 * @param position number of these objects; null: more than `MAX_POSITION`
 * @param noun of one object and of several
 * @param next text for position 0
 */
export function waitBehind(
  position: number | null,
  noun: readonly [one: string, many: string],
  next: string,
): WaitingFor {
  const text = position === 0 ? next : `${countText(position, noun)} before it`;
  return { reason: "BEHIND", text, until: null, position, providerId: null };
}

function countText(count: number | null, [one, many]: readonly [string, string]): string {
  if (count === 1) return `1 ${one} is`;
  const number = (count ?? MAX_POSITION).toLocaleString("en");
  return `${count === null ? "More than " : ""}${number} ${many} are`;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const SHORT_WAIT_MS = 10 * MINUTE_MS;

/**
 * Formats the end of a wait for people: rounded up to the second if it is near, else to the minute; with
 * the date only if it is another day.
 */
export function formatUntil(at: Date, now: Date): string {
  const unit = at.getTime() - now.getTime() < SHORT_WAIT_MS ? SECOND_MS : MINUTE_MS;
  return formatTime(new Date(Math.ceil(at.getTime() / unit) * unit), now);
}

// Without seconds for a whole minute; without the date if it is that of `today`.
function formatTime(at: Date, today: Date | null): string {
  const [date = "", time = ""] = at.toISOString().split("T");
  const sameDay = today !== null && date === today.toISOString().slice(0, date.length);
  const clock = time.slice(0, "14:05:00".length).replace(/:00$/, "");
  return `${sameDay ? "" : `${date} `}${clock} UTC`;
}

/** Formats an error for people; the code is added unless the message contains it. */
export function formatError(code: string | null, message: string | null): string {
  if (!message) return code ?? "no reason is known";
  return !code || message.includes(code) ? message : `${message} (${code})`;
}
