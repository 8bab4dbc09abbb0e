import { type Caller, ownsOrAdministers } from "../access/access.ts";
import type { MessageChannel } from "../channel.ts";
import type { RecipientInput } from "../recipients.ts";

/** State of an import. FAILED: it stopped before the end of the file. */
export type ImportStatus = "RUNNING" | "FINISHED" | "FAILED";

/** Imported recipients, for any number of messages. */
export interface Audience {
  readonly id: string;
  readonly organizationId: string;
  /** Person who imported it; null if the key or token named none. */
  readonly userId: string | null;
  readonly name: string;
  /** Channel of its addresses, and of the messages that can be sent to it. */
  readonly channel: MessageChannel;
  readonly recipientCount: number;
  /** Variables that at least one recipient has. */
  readonly variableNames: readonly string[];
  readonly importStatus: ImportStatus;
  /** Whether it contains only a part of a file, because an import failed that keeps what it has added. */
  readonly partial: boolean;
  /** Number of rows that became recipients. */
  readonly taken: number;
  /** Number of rows whose address was already in the audience. */
  readonly collapsed: number;
  /** Number of invalid rows. */
  readonly refused: number;
  /** Bytes of the request body that were read; compressed, if the client compressed the file. */
  readonly bytesRead: number;
  /** Size of the file in bytes; null if the client did not send it. */
  readonly bytesTotal: number | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Row of a file: a recipient, or the reason why the row could not be parsed. */
export type ImportRow =
  & {
    /** First line of the row in the file, from 1. */
    readonly line: number;
  }
  & ({ readonly recipient: RecipientInput } | { readonly reason: string });

/** Row that did not become a recipient. */
export interface RefusedRow {
  readonly line: number;
  readonly reason: string;
}

/** Whether the caller may see and use the audience. */
export function mayAccess(caller: Caller, audience: Audience): boolean {
  return audience.organizationId === caller.organizationId &&
    ownsOrAdministers(caller, audience.userId);
}
