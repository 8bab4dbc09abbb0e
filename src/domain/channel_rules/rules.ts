import type { Fault } from "../validation.ts";
import type { CredentialField } from "../vault.ts";

/** Rules of the domain that differ between channels. */
export interface ChannelRules {
  /** Name in messages for people, in the middle of a sentence. */
  readonly name: string;
  /** Whether its messages need a provider; otherwise they are captured to files without one. */
  readonly needsProvider: boolean;
  /** Whether its messages can carry an unsubscribe link. */
  readonly unsubscribable: boolean;
  /**
   * Headings of imported files over addresses, compared by their letters and digits. Without such a column,
   * `address` is one.
   */
  readonly addressColumns: readonly string[];
  /** Credentials of its providers: for each field a pattern of its allowed values. */
  readonly credentials: Readonly<Partial<Record<CredentialField, RegExp>>>;
  /** Checks a trimmed address; null if it is valid. */
  readonly checkAddress: (address: string) => Fault | null;
  /** Returns the same string for all spellings of a valid address, under which it is suppressed. */
  readonly normalizeAddress: (address: string) => string;
  /** Checks the text part of a content, which may be a template; null if the channel accepts it. */
  readonly checkText: (text: string) => Fault | null;
}
