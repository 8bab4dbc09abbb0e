import { sql } from "kysely";
import { queryBuilder } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { listPage, type Page, type PageArgs } from "../page.ts";
import type { Services } from "../services.ts";

/** Maximum number of deliveries in a batch. */
export const BATCH_SIZE = 100;

/** State of a batch, derived from its times and its message. */
export type BatchStatus = "PENDING" | "PROCESSING" | "FINISHED" | "CANCELLED";

/** Up to 100 deliveries of a message, which one job sends. */
export interface Batch {
  readonly id: string;
  readonly number: number;
  /** Number of the round; the first pass over the message is 1. */
  readonly round: number;
  readonly size: number;
  readonly status: BatchStatus;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly jobId: string;
}

interface Tables {
  batches: {
    id: string;
    organization_id: string;
    message_id: string;
    number: number;
    round: number;
    size: number;
    job_id: string;
    started_at: Date | null;
    finished_at: Date | null;
  };
  messages: { id: string; user_id: string | null };
}

// A batch that ended after its message was cancelled did not send all of its deliveries.
const STATUS = sql<BatchStatus>`case
  when m.status = 'CANCELLED' and coalesce(b.finished_at >= m.finished_at, true) then 'CANCELLED'
  when b.finished_at is not null then 'FINISHED'
  when b.started_at is not null then 'PROCESSING' else 'PENDING' end`;

/**
 * Reads a page of the batches of a message, by number. The caller must be allowed to see the message.
 *
 * @throws {InvalidInputError} for page arguments out of range and cursors of another list
 */
export function listBatches(
  { db }: Services,
  message: { readonly id: string; readonly organizationId: string },
  page: PageArgs,
): Promise<Page<Batch>> {
  const query = selectBatches(message.organizationId).where("b.message_id", "=", message.id);
  const byNumber = { expression: sql.ref("b.number"), type: "integer" } as const;
  return listPage(db, query, { name: "number asc", keys: [byNumber], direction: "asc" }, page);
}

/** Finds batches by id, of messages that the caller may see. */
export function findBatches(
  { db }: Services,
  caller: Caller,
  ids: readonly string[],
): Promise<Batch[]> {
  const query = selectBatches(caller.organizationId).where("b.id", "in", [...ids]);
  return db.select(
    caller.role === "MEMBER" ? query.where("m.user_id", "=", caller.userId) : query,
  );
}

function selectBatches(organizationId: string) {
  return queryBuilder<Tables>().selectFrom("batches as b")
    .innerJoin("messages as m", "m.id", "b.message_id")
    .select([
      "b.id",
      "b.number",
      "b.round",
      "b.size",
      "b.started_at as startedAt",
      "b.finished_at as finishedAt",
      "b.job_id as jobId",
      STATUS.as("status"),
    ])
    .where("b.organization_id", "=", organizationId);
}
