import type { Money } from "../money.ts";

/** An order of a customer, as a shop or a back-office program reported it. */
export interface Order {
  readonly id: string;
  readonly organizationId: string;
  /** Address of the customer, in its normal form. */
  readonly contactEmail: string;
  /** Number that the customer knows: "#1001". */
  readonly number: string;
  /** State in the words of the source. */
  readonly status: string;
  /** Millionths of the currency, in decimal digits. */
  readonly totalMicros: string;
  /** ISO 4217. */
  readonly currency: string;
  readonly placedAt: Date;
  /** Time at which its state was stored. */
  readonly updatedAt: Date;
}

/** Input of `upsertOrder`. */
export interface UpsertOrderInput {
  /** 1 to 100 characters. */
  readonly number: string;
  readonly contactEmail: string;
  /** 1 to 200 characters. */
  readonly status: string;
  readonly total: Money;
  /** Time at which it was placed; absent or null: now, or unchanged. */
  readonly createdAt?: Date | null;
}

/** Checked fields of an order. */
export interface NewOrder {
  readonly number: string;
  readonly contactEmail: string;
  readonly status: string;
  readonly totalMicros: bigint;
  readonly currency: string;
  /** Null: now for a new order, else unchanged. */
  readonly placedAt: Date | null;
}
