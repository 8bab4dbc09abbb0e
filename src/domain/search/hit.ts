import type { Noun } from "../id.ts";

/** An object that a search has found. */
export interface SearchHit {
  readonly noun: Noun;
  /** Database id. */
  readonly id: string;
  /** Title, name or address. */
  readonly title: string;
  /** Distinguishes it from others with this title; null: nothing does. */
  readonly detail: string | null;
}
