import type { RawBuilder } from "kysely";
import type { Services } from "../services.ts";

/** A reason to skip items, and their number; a null reason: the action would take them. */
export type ReasonCount = readonly [reason: string | null, count: number];

/** Bounds of a page of selected items. */
export interface ItemPage {
  /** SQL of the time of the selection: items that changed later are not selected. */
  readonly cutoff: RawBuilder<unknown>;
  /** Sort key of the last item of the page before; null: the first page. */
  readonly after: string | null;
  readonly limit: number;
}

/** Result for one item: acted on, or skipped for a reason. */
export type ActedItem =
  | { readonly reason: null; readonly attempt?: number }
  | { readonly reason: string };

/** Result of an action on some items. */
export interface Acted {
  /** In the order of the ids: those that were acted on or skipped. */
  readonly items: readonly ({ readonly id: string } & ActedItem)[];
  /** Publishes the changes after the commit. */
  publish(services: Services): void;
}

/** End of an item that was acted on. */
export interface ItemEnd {
  readonly id: string;
  readonly state: "DONE" | "FAILED" | "SKIPPED";
  /** Of SKIPPED only. */
  readonly reason?: string;
}

/** Reason to skip an item that was deleted after the start. */
export const GONE = "It was deleted";
