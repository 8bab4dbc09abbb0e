import type { Database } from "../db/database.ts";
import type { Bus } from "../events/bus.ts";
import type { MessageChannel } from "./channel.ts";
import type { Vault } from "./vault.ts";

/** What every operation works with; main.ts makes it once per process. */
export interface Services {
  readonly db: Database;
  readonly bus: Bus;
  /**
   * How messages can go out beside EMAIL, which always can: without a mail server it is captured.
   * Told to processes that only take requests, too: they refuse what no worker could send.
   */
  readonly channels?: ReadonlySet<MessageChannel>;
  /** Absent: credentials cannot be replaced at run time. */
  readonly vault?: Vault;
  /** What people are told of this process's settings. */
  readonly settings?: Settings;
}

/** What the settings of a process say of the installation; never a secret. */
export interface Settings {
  /** Of this program. */
  readonly version: string;
  /** Of the providers that they name, in order of preference. */
  readonly providerIds: readonly string[];
  /** No mail server is named: mail goes into files. */
  readonly mailCaptured: boolean;
  /** Every environment variable that this program knows, and whether it is set. */
  readonly variables: readonly { readonly name: string; readonly set: boolean }[];
}
