import type { z } from "zod";
import { access } from "./access.ts";
import { database } from "./database.ts";
import { http } from "./http.ts";
import { lanes } from "./lanes.ts";
import { log } from "./log.ts";
import { mail } from "./mail.ts";
import { messenger } from "./messenger.ts";
import { retention } from "./retention.ts";
import { webhooks } from "./webhooks.ts";

const settings = http.and(database).and(access).and(mail).and(messenger).and(webhooks)
  .and(lanes).and(retention).and(log);
const VARIABLES = [http, database, access, mail, messenger, webhooks, lanes, retention, log]
  .flatMap((part) => Object.keys(part.in.shape));

/** All settings of a process, checked. */
export type Config = z.output<typeof settings> & {
  /** Every variable that can be set, and whether it is. */
  readonly variables: readonly { readonly name: string; readonly set: boolean }[];
};

/** Settings that cannot be used. The message has a line for each fault, and never a secret. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";

  constructor(readonly faults: readonly string[]) {
    super(["Cannot start with these settings:", ...faults].join("\n  "));
  }
}

/**
 * Reads and checks all settings. An empty variable counts as absent.
 *
 * @param environment names and values; by default those of the process
 * @returns the settings, frozen
 * @throws {ConfigError} naming every variable that cannot be used
 */
export function readConfig(
  environment: Readonly<Record<string, string>> = Deno.env.toObject(),
): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value.trim() !== ""),
  );
  const { data, error } = settings.safeParse(given);
  if (error) {
    throw new ConfigError(error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`));
  }
  return freeze({
    ...data,
    variables: VARIABLES.map((name) => ({ name, set: name in given })),
  });
}

function freeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === "object" && part) freeze(part);
  return Object.freeze(value);
}
