import { type Connection, statement } from "../../db/database.ts";
import { CHANNEL_RULES } from "../channel_rules/channel_rules.ts";
import type { ChannelRules } from "../channel_rules/rules.ts";
import { InvalidInputError, type Issue } from "../errors.ts";
import type { CredentialField, Credentials } from "../vault.ts";
import type { Provider } from "./provider.ts";
import { RECOVER } from "./recovery.ts";

/** Input of `updateProvider`: an absent field is unchanged, null restores the value of the settings. */
export interface UpdateProviderInput {
  /** Access token of the Page, or key of the language model; not for EMAIL. */
  readonly accessToken?: string | null;
  /** EMAIL only, together with `password`. */
  readonly user?: string | null;
  readonly password?: string | null;
  /** Messages per second, from one a day to 100,000; not for the language model. */
  readonly perSecondLimit?: number | null;
  /** Whether the provider is used. */
  readonly enabled?: boolean | null;
}

/** New credentials; null: those of the settings; undefined: unchanged. */
export type NewCredentials = Credentials | null | undefined;

const CREDENTIAL_FIELDS: readonly CredentialField[] = ["accessToken", "user", "password"];
const MAX_PER_SECOND = 100_000;
/** One a day. */
const MIN_PER_SECOND = 1 / 86_400;
const MAX_LENGTH = 4_000;
const MODEL_CREDENTIALS: ChannelRules["credentials"] = { accessToken: /^[\x21-\x7e]+$/ };

const UPDATE = statement<
  [
    id: string,
    setCredentials: boolean,
    credentials: string | null,
    setLimit: boolean,
    limit: number | null,
    enabled: boolean | null,
  ],
  { id: string }
>(
  "providers.update",
  `update providers set
     credentials = case when $2 then $3 else credentials end,
     limit_override = case when $4 then $5::float8 else limit_override end,
     enabled = coalesce($6, enabled),
     epoch = epoch + ($2 or $6 is not null)::int,
     recovered = recovered or coalesce($6, false)
   where id = $1
   returning id`,
);

// Closes the circuit, because its errors are those of the old credentials.
const RESET = statement<[id: string], { id: string }>(
  "providers.reset",
  `update providers set ${RECOVER} where id = $1 returning id`,
);

/**
 * Checks an update.
 *
 * @returns the new credentials
 * @throws {InvalidInputError} with every fault
 */
export function checkUpdate(
  { channel }: Pick<Provider, "channel">,
  input: UpdateProviderInput,
): NewCredentials {
  const { accessToken, user, password, perSecondLimit } = input;
  const issues: Issue[] = [];
  const refuse = (field: keyof UpdateProviderInput, code: string, message: string) =>
    issues.push({ path: [field], code, message });

  const { subject, credentials } = rulesOf(channel);
  for (const field of CREDENTIAL_FIELDS) {
    const value = input[field];
    if (value === undefined) continue;
    const pattern = credentials[field];
    if (!pattern) refuse(field, "NOT_APPLICABLE", `does not apply to ${subject}`);
    else if (value !== null) checkText(field, value, pattern, refuse);
  }
  const fields = CREDENTIAL_FIELDS.filter((field) => credentials[field]);
  const changes = fields.map((field) => input[field] == null ? input[field] : "value");
  if (new Set(changes).size > 1) {
    const missing = fields.find((field) => input[field] == null) ?? fields[0];
    if (missing) refuse(missing, "REQUIRED", `${fields.join(" and ")} must be set together`);
  }
  if (channel === null && perSecondLimit !== undefined) {
    refuse("perSecondLimit", "NOT_APPLICABLE", `does not apply to ${subject}`);
  } else if (
    perSecondLimit != null &&
    !(perSecondLimit >= MIN_PER_SECOND && perSecondLimit <= MAX_PER_SECOND)
  ) {
    const message = `must be from 0.0000116 (one a day) to ${MAX_PER_SECOND}; ` +
      "null restores the value of the settings";
    refuse("perSecondLimit", "OUT_OF_RANGE", message);
  }
  if (Object.values(input).every((value) => value === undefined)) {
    issues.push({ path: [], code: "EMPTY", message: "must change at least one field" });
  }
  if (issues.length > 0) throw new InvalidInputError(issues);

  if (accessToken != null) return { accessToken };
  if (user != null && password != null) return { user, password };
  return accessToken === null || user === null ? null : undefined;
}

function rulesOf(channel: Provider["channel"]) {
  if (channel === null) {
    return { subject: "the language model", credentials: MODEL_CREDENTIALS };
  }
  const { name, credentials } = CHANNEL_RULES[channel];
  return { subject: `a provider of ${name}`, credentials };
}

function checkText(
  field: CredentialField,
  value: string,
  pattern: RegExp,
  refuse: (field: keyof UpdateProviderInput, code: string, message: string) => void,
): void {
  if (value === "") refuse(field, "REQUIRED", "is empty; null restores the value of the settings");
  else if (value.length > MAX_LENGTH) {
    refuse(field, "TOO_LONG", `is longer than ${MAX_LENGTH} characters`);
  } else if (!pattern.test(value)) {
    refuse(field, "MALFORMED", "contains characters that are not allowed");
  }
}

// Drops reservations far ahead under the old limit, which would delay messages under the new one.
const RESET_RATE_LIMIT = statement<[id: string]>(
  "providers.resetRateLimit",
  "update provider_paces set next_at = least(next_at, now()) where provider_id = $1",
);

/** Changes of a provider to be stored. */
export interface ProviderChange {
  /** Sealed credentials; null: those of the settings; undefined: unchanged. */
  readonly credentials: string | null | undefined;
  readonly perSecondLimit: number | null | undefined;
  /** undefined: unchanged. */
  readonly enabled: boolean | undefined;
}

/**
 * Stores an update; new credentials close the circuit. Call `continueRecovered` after the commit.
 *
 * @returns false when there is no such provider
 */
export async function writeUpdate(
  tx: Connection,
  id: string,
  { credentials, perSecondLimit, enabled }: ProviderChange,
): Promise<boolean> {
  const updated = await tx.run(
    UPDATE,
    id,
    credentials !== undefined,
    credentials ?? null,
    perSecondLimit !== undefined,
    perSecondLimit ?? null,
    enabled ?? null,
  );
  if (credentials !== undefined) await tx.run(RESET, id);
  if (perSecondLimit !== undefined) await tx.run(RESET_RATE_LIMIT, id);
  return updated.length > 0;
}
