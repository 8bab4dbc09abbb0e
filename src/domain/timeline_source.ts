import type { RawBuilder } from "kysely";
import type { Noun } from "./id.ts";

/** The contact whose timeline is read, and the objects that the caller may see. */
export interface TimelineScope {
  readonly organizationId: string;
  readonly contactId: string;
  /** SQL: all spellings of its addresses by which rows are found, in lower case. */
  readonly addresses: RawBuilder<string[]>;
  /** Only objects of this user; null: those of all users. */
  readonly userId: string | null;
}

/** Event of a contact. */
export interface TimelineEntry {
  readonly at: Date;
  /** Unique in the timeline. */
  readonly key: string;
  readonly noun: Noun;
  /** Database id of the object that the entry is about. */
  readonly subjectId: string;
  /** For people. */
  readonly text: string;
}

/**
 * Builds the query of one noun for the entries of a timeline, with the columns of `TimelineEntry`: `at`, `key`,
 * `noun`, `subjectId` and `text`.
 */
export type TimelineSource = (scope: TimelineScope) => RawBuilder<unknown>;
