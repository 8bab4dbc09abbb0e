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
  /** All variables, and whether each is set. */
  readonly variables: readonly { readonly name: string; readonly set: boolean }[];
};

/** The settings are invalid. The message has one line per fault and contains no secret. */
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
 * @throws {ConfigError} naming every invalid variable
 */
export function readConfig(
  environment: Readonly<Record<string, string>> = Deno.env.toObject(),
): Config {
  const nonEmpty = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value.trim() !== ""),
  );
  const { data, error } = settings.safeParse(nonEmpty);
  if (error) {
    throw new ConfigError(error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`));
  }
  return freeze({
    ...data,
    variables: VARIABLES.map((name) => ({ name, set: name in nonEmpty })),
  });
}

function freeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === "object" && part) freeze(part);
  return Object.freeze(value);
}
