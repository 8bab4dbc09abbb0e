import { type Caller, ownsOrAdministers } from "../access/access.ts";
import type { MessageChannel } from "../channel.ts";
import type { RecipientInput } from "../recipients.ts";

/** FAILED: it ended before the file did; what had been taken stays. */
export type ImportStatus = "RUNNING" | "FINISHED" | "FAILED";

/** Recipients that were imported once, for one message or many. */
export interface Audience {
  readonly id: string;
  readonly organizationId: string;
  /** Who imported it; null: nobody that the key or token named. */
  readonly userId: string | null;
  readonly name: string;
  /** How its recipients are reached: messages of this channel can go to them. */
  readonly channel: MessageChannel;
  readonly recipientCount: number;
  /** The variables that at least one recipient has. */
  readonly variableNames: readonly string[];
  readonly importStatus: ImportStatus;
  /** Rows that became recipients. */
  readonly taken: number;
  /** Rows whose address the audience already had. */
  readonly collapsed: number;
  /** Rows that were faulty. */
  readonly refused: number;
  readonly bytesRead: number;
  /** Null when the client did not say. */
  readonly bytesTotal: number | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** One row of a file: a recipient, or the reason why it could not be read as one. */
export type ImportRow =
  & {
    /** Where it starts in the file, from 1. */
    readonly line: number;
  }
  & ({ readonly recipient: RecipientInput } | { readonly reason: string });

/** A row that did not become a recipient. */
export interface RefusedRow {
  readonly line: number;
  readonly reason: string;
}

/** Whether the caller may see and use the audience. */
export function mayAccess(caller: Caller, audience: Audience): boolean {
  return audience.organizationId === caller.organizationId &&
    ownsOrAdministers(caller, audience.userId);
}
