import { sql } from "kysely";
import { queryBuilder } from "../../db/database.ts";
import { listPage, type Page, type PageArgs } from "../page.ts";
import type { Services } from "../services.ts";

/** Deliveries in a batch at most. */
export const BATCH_SIZE = 100;

export type BatchStatus = "PENDING" | "PROCESSING" | "FINISHED" | "CANCELLED";

/** Up to 100 deliveries, sent by one job. */
export interface Batch {
  readonly id: string;
  readonly number: number;
  /** 1: the first pass. */
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
  messages: { id: string };
}

// A batch that ended after its message was cancelled was cut short by that.
const STATUS = sql<BatchStatus>`case
  when m.status = 'CANCELLED' and coalesce(b.finished_at >= m.finished_at, true) then 'CANCELLED'
  when b.finished_at is not null then 'FINISHED'
  when b.started_at is not null then 'PROCESSING' else 'PENDING' end`;

/**
 * A page of a message's batches, by number. The caller has been shown the message.
 *
 * @throws {InvalidInputError} for page arguments out of range and foreign cursors
 */
export function listBatches(
  { db }: Services,
  message: { readonly id: string; readonly organizationId: string },
  page: PageArgs,
): Promise<Page<Batch>> {
  const query = queryBuilder<Tables>().selectFrom("batches as b")
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
    .where("b.organization_id", "=", message.organizationId)
    .where("b.message_id", "=", message.id);
  const byNumber = { expression: sql.ref("b.number"), type: "integer" } as const;
  return listPage(db, query, { name: "number asc", keys: [byNumber], direction: "asc" }, page);
}
