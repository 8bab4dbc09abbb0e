import { statement } from "../../db/database.ts";
import { SYSTEM_ORGANIZATION_ID } from "../access/access.ts";
import { newId } from "../id.ts";
import type { JobKindName } from "../jobs/kinds.ts";
import type { Services } from "../services.ts";
import { readDatabaseTime } from "./now.ts";
import { nextTick } from "./ticks.ts";

/** Built-in schedule. */
interface BuiltInSchedule {
  readonly name: string;
  readonly description: string;
  readonly kind: JobKindName;
  readonly cron: string | null;
  readonly intervalMs: number | null;
}

// In UTC. Changes made by an operator persist.
const BUILT_IN_SCHEDULES: readonly BuiltInSchedule[] = [
  {
    name: "send-due",
    description: "Starts what is due: scheduled messages, and mails of campaigns.",
    kind: "SEND_DUE",
    cron: null,
    intervalMs: 60_000,
  },
  {
    name: "retry-failed",
    description: "Retries the failed deliveries of messages in retry mode CRON.",
    kind: "RETRY_FAILED",
    cron: "*/15 * * * *",
    intervalMs: null,
  },
  {
    name: "process-quotes",
    description: "Queues up to 20 PENDING quotes for the language model, oldest first.",
    kind: "PROCESS_QUOTES",
    cron: "*/5 * * * *",
    intervalMs: null,
  },
  {
    name: "retry-quote-emails",
    description: "Retries up to 30 failed mails of quotes that have had fewer than 3 attempts.",
    kind: "RETRY_QUOTE_EMAILS",
    cron: "*/30 * * * *",
    intervalMs: null,
  },
  {
    name: "release-stale-locks",
    description: "Releases locks of quotes that are older than 30 minutes.",
    kind: "RELEASE_STALE_LOCKS",
    cron: "0 2 * * *",
    intervalMs: null,
  },
  {
    name: "cleanup",
    description: "Deletes finished jobs and deliveries whose retention period is over.",
    kind: "CLEANUP",
    cron: "0 2 * * *",
    intervalMs: null,
  },
];

// An existing row is kept, because an operator may have edited it.
const INSERT_BUILT_IN = statement<
  [
    id: string,
    organizationId: string,
    name: string,
    description: string,
    kind: string,
    cron: string | null,
    intervalMs: number | null,
    nextAt: Date | null,
  ]
>(
  "schedules.insertBuiltIn",
  `insert into schedules (id, organization_id, name, description, kind, cron, interval_ms, next_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (organization_id, name) do nothing`,
);

/**
 * Inserts the built-in schedules that are missing. Existing rows are kept. Any number of replicas may
 * call it at once.
 */
export async function ensureBuiltInSchedules({ db }: Pick<Services, "db">): Promise<void> {
  const now = await readDatabaseTime(db);
  for (const { name, description, kind, cron, intervalMs } of BUILT_IN_SCHEDULES) {
    await db.run(
      INSERT_BUILT_IN,
      newId(),
      SYSTEM_ORGANIZATION_ID,
      name,
      description,
      kind,
      cron,
      intervalMs,
      nextTick({ cron, intervalMs, timezone: "UTC" }, now),
    );
  }
}
