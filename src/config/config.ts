import type { z } from "zod";
import { access } from "./access.ts";
import { client } from "./client.ts";
import { cron } from "./cron.ts";
import { database } from "./database.ts";
import { http } from "./http.ts";
import { lanes } from "./lanes.ts";
import { log } from "./log.ts";
import { mail } from "./mail.ts";
import { messenger } from "./messenger.ts";
import { model } from "./model.ts";
import { retention } from "./retention.ts";
import { webhooks } from "./webhooks.ts";

const settings = http.and(database).and(access).and(mail).and(messenger).and(model)
  .and(webhooks).and(cron).and(lanes).and(retention).and(log);
const VARIABLES = [
  http,
  database,
  access,
  mail,
  messenger,
  model,
  webhooks,
  cron,
  lanes,
  retention,
  log,
]
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
  const set = withoutEmpty(environment);
  return freeze({
    ...check(settings, set),
    variables: VARIABLES.map((name) => ({ name, set: name in set })),
  });
}

/** Settings of a command that talks to a running server. */
export type ClientConfig = z.output<typeof client>;

/**
 * Reads and checks the settings of a command that talks to a running server.
 *
 * @param environment names and values; by default those of the process
 * @throws {ConfigError} naming every invalid variable
 */
export function readClientConfig(
  environment: Readonly<Record<string, string>> = Deno.env.toObject(),
): ClientConfig {
  return check(client, withoutEmpty(environment));
}

function withoutEmpty(environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value.trim() !== ""),
  );
}

function check<T>(settings: z.ZodType<T>, environment: Readonly<Record<string, string>>): T {
  const { data, error } = settings.safeParse(environment);
  if (!error) return data;
  throw new ConfigError(error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`));
}

function freeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === "object" && part) freeze(part);
  return Object.freeze(value);
}
