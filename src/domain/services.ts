import type { Database } from "../db/database.ts";
import type { Bus } from "../events/bus.ts";
import type { MessageChannel } from "./channel.ts";
import type { Embedder } from "./embedder.ts";
import type { Mailbox } from "./mailbox.ts";
import type { Meter } from "./meter.ts";
import type { Rendering } from "./rendering.ts";
import type { Vault } from "./vault.ts";

/** Resources of a process that operations use. */
export interface Services {
  readonly db: Database;
  readonly bus: Bus;
  /**
   * Channels with a configured provider. Set in processes without a worker too, because they refuse
   * messages that no worker could send.
   */
  readonly channels?: ReadonlySet<MessageChannel>;
  /**
   * Name of the configured language model, for estimates; null: none is configured. Absent: not known, as in
   * tests.
   */
  readonly model?: string | null;
  /** Requests embeddings. Absent: facts are found by words only. */
  readonly embedder?: Embedder;
  /** Sender of the mails of organizations without their own. Absent: not known, as in tests. */
  readonly mailFrom?: Mailbox;
  /** Encrypts and decrypts credentials of providers. Absent: this process can do neither. */
  readonly vault?: Vault;
  /** Copy of the witness; a database with a lower one was restored. Absent: not watched, as in tests. */
  readonly witness?: Witness;
  /** Checks and renders templates. Absent: on the thread that calls it. */
  readonly rendering?: Rendering;
  /** Counts what this process does. Absent: not counted, as in tests. */
  readonly meter?: Meter;
  /**
   * Resolves the host of a webhook endpoint and returns the reason to refuse it; null: it may be called. Absent:
   * any host may be called, as in tests.
   */
  readonly refusalOfHost?: (host: string) => Promise<HostRefusal | null>;
  /** Settings that are shown to operators. */
  readonly settings?: Settings;
}

/** Reason to refuse the host of a webhook endpoint. */
export interface HostRefusal {
  /** Stable code, for programs: "PRIVATE_ADDRESS", "UNKNOWN_HOST". */
  readonly code: string;
  /** Text for people; it continues a sentence that begins with the path of the field. */
  readonly message: string;
}

/** The newest state of the database that this process has seen; see the table `installation`. */
export interface Witness {
  readonly number: number;
}

/** Settings of a process, without its secrets. */
export interface Settings {
  /** Version of this program. */
  readonly version: string;
  /** Configured providers, in order of preference. */
  readonly providerIds: readonly string[];
  /** Whether mail is captured to files, because no mail server is configured. */
  readonly mailCaptured: boolean;
  /** Environment variables that this program reads, and whether each is set. */
  readonly variables: readonly { readonly name: string; readonly set: boolean }[];
}
