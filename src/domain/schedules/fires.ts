import { sql } from "kysely";
import { columnList, type TableOf } from "../../db/columns.ts";
import { queryBuilder, statement } from "../../db/database.ts";
import { type Caller, organizationsOf, SYSTEM_ORGANIZATION_ID } from "../access/access.ts";
import type { JobError } from "../jobs/job.ts";
import { listPage, type Page, type PageArgs, type Sort } from "../page.ts";
import type { Services } from "../services.ts";

/** Outcome of the job of a fire. SKIPPED: the job of an earlier fire was unfinished. */
export type FireOutcome = "COMPLETED" | "FAILED" | "CANCELLED" | "SKIPPED";

/** A fire of a schedule: one tick, or a requested run. */
export interface Fire {
  readonly scheduleId: string;
  /** Organization that its job covers. */
  readonly organizationId: string;
  /** Time of the tick by the schedule, or of the request. */
  readonly nominalAt: Date;
  readonly firedAt: Date;
  /** Whether it was requested, and is no tick. */
  readonly manual: boolean;
  readonly startedBy: string | null;
  readonly jobId: string | null;
  /** Null until its job has ended. */
  readonly outcome: FireOutcome | null;
  readonly finishedAt: Date | null;
  /** Number of messages or other objects that the job processed. */
  readonly processedCount: number | null;
  readonly recipientCount: number | null;
  readonly batchCount: number | null;
  readonly error: JobError | null;
}

const FIRE_COLUMNS = [
  "schedule_id as scheduleId",
  "organization_id as organizationId",
  "nominal_at as nominalAt",
  "fired_at as firedAt",
  "manual",
  "started_by as startedBy",
  "job_id as jobId",
  "outcome",
  "finished_at as finishedAt",
  "processed_count as processedCount",
  "recipient_count as recipientCount",
  "batch_count as batchCount",
  "error",
] as const;

/** The columns of a fire as SQL text, under the names of `Fire`. */
export const COLUMNS = columnList(FIRE_COLUMNS);

const LATEST_FIRST: Sort = {
  name: "nominal_at desc",
  keys: [{ expression: sql.ref("nominal_at"), type: "timestamptz" }],
  direction: "desc",
};

// The limit inside lets each schedule read only the end of its part of the primary key.
const RECENT = statement<[scheduleIds: string[], organizationIds: string[], limit: number], Fire>(
  "schedules.recentFires",
  `select f.* from unnest($1::uuid[]) s(id), lateral (
     select ${COLUMNS} from schedule_fires
     where schedule_id = s.id and organization_id = any($2) order by nominal_at desc limit $3
   ) f`,
);

/**
 * Reads the last fires of schedules that the caller may see, latest first, by the id of the schedule.
 *
 * @param count maximum number of fires of one schedule
 */
export async function readRecentFires(
  { db }: Services,
  caller: Caller,
  scheduleIds: readonly string[],
  count: number,
): Promise<Map<string, Fire[]>> {
  const fires = await db.run(RECENT, [...scheduleIds], visibleTo(caller), count);
  return Map.groupBy(fires.map((fire) => redact(caller, fire)), ({ scheduleId }) => scheduleId);
}

/**
 * Reads a page of the fires of a schedule that the caller may see, latest first.
 *
 * @throws {InvalidInputError} for page arguments out of range, or a cursor of another list
 */
export async function listFires(
  { db }: Services,
  caller: Caller,
  scheduleId: string,
  args: PageArgs,
): Promise<Page<Fire>> {
  const query = queryBuilder<{ schedule_fires: TableOf<Fire, typeof FIRE_COLUMNS> }>()
    .selectFrom("schedule_fires").select(FIRE_COLUMNS)
    .where("schedule_id", "=", scheduleId)
    .where("organization_id", "in", visibleTo(caller));
  const page = await listPage(db, query, LATEST_FIRST, args);
  const edges = page.edges.map(({ node, cursor }) => ({ node: redact(caller, node), cursor }));
  return { ...page, edges };
}

function visibleTo({ organizationId }: Caller): string[] {
  return [organizationId, SYSTEM_ORGANIZATION_ID];
}

/** Hides the counts of a job of the system from an ADMIN, because it covers all organizations. */
function redact(caller: Caller, fire: Fire): Fire {
  if (organizationsOf(caller).includes(fire.organizationId)) return fire;
  return {
    ...fire,
    startedBy: null,
    jobId: null,
    processedCount: null,
    recipientCount: null,
    batchCount: null,
    error: null,
  };
}
