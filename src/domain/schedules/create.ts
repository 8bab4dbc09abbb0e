import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { statement } from "../../db/database.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import { ConflictError, InvalidInputError, type Issue } from "../errors.ts";
import { newId } from "../id.ts";
import { JOB_KINDS, type JobKindName } from "../jobs/kinds.ts";
import { checkNesting } from "../nesting.ts";
import type { Services } from "../services.ts";
import { issuesOf, singleLine } from "../validation.ts";
import { COLUMNS } from "./find.ts";
import { readDatabaseTime } from "./now.ts";
import { audienceOf, type Schedule } from "./schedule.ts";
import { issuesOfRhythm, nextTick } from "./ticks.ts";

/** Input of `createSchedule`. */
export interface CreateScheduleInput {
  /** 1 to 100 characters, unique in the organization. */
  readonly name: string;
  readonly description?: string | null;
  readonly kind: JobKindName;
  /** Payload that the schema of the kind accepts. */
  readonly payload: Record<string, unknown>;
  readonly cron: string;
  /** IANA time zone. */
  readonly timezone: string;
  readonly enabled: boolean;
}

const inputSchema = z.object({
  name: singleLine(100),
  description: singleLine(500).nullish(),
});

const INSERT = statement<
  [
    id: string,
    organizationId: string,
    name: string,
    description: string | null,
    kind: string,
    payload: string,
    cron: string,
    timezone: string,
    enabled: boolean,
    nextAt: Date | null,
    createdBy: string | null,
  ],
  Schedule
>(
  "schedules.insert",
  `insert into schedules (id, organization_id, name, description, kind, payload, cron, timezone, enabled,
     next_at, created_by)
   values ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9, $10, $11)
   on conflict (organization_id, name) do nothing returning ${COLUMNS}`,
);

const FIND_BY_NAME = statement<[organizationId: string, name: string], Schedule>(
  "schedules.findByName",
  `select ${COLUMNS} from schedules where organization_id = $1 and name = $2`,
);

/**
 * Creates a schedule of the caller's organization, which starts jobs of a startable kind.
 *
 * @returns the schedule; `created` is false if an equal one with this name exists
 * @throws {ForbiddenError} for a MEMBER
 * @throws {InvalidInputError} naming each invalid field; for `cron` with the reason of the parser
 * @throws {ConflictError} NAME_TAKEN if a different schedule has the name
 */
export async function createSchedule(
  services: Services,
  caller: Caller,
  input: CreateScheduleInput,
): Promise<{ schedule: Schedule; created: boolean }> {
  requireAdmin(caller, "create schedules");
  const { db, bus } = services;
  const now = await readDatabaseTime(db);
  const parsed = inputSchema.safeParse(input);
  const { kind, payload, cron, timezone, enabled } = input;
  const issues = [
    ...issuesOf(parsed),
    ...issuesOfKind(kind),
    ...issuesOfPayload(kind, payload),
    ...issuesOfRhythm(cron, timezone, now),
  ];
  if (!parsed.success || issues.length > 0) throw new InvalidInputError(issues);
  const { name, description = null } = parsed.data;
  const { organizationId, userId } = caller;
  const [schedule] = await db.run(
    INSERT,
    newId(),
    organizationId,
    name,
    description,
    kind,
    JSON.stringify(payload),
    cron,
    timezone,
    enabled,
    nextTick({ cron, intervalMs: null, timezone }, now),
    userId,
  );
  if (schedule) {
    bus.publish("schedules", audienceOf(schedule), [schedule.id]);
    return { schedule, created: true };
  }
  const [existing] = await db.run(FIND_BY_NAME, organizationId, name);
  if (existing && isSame(existing, input)) return { schedule: existing, created: false };
  throw new ConflictError(
    "NAME_TAKEN",
    `Cannot create the schedule: another one has the name ${name}; use updateSchedule`,
  );
}

/** Finds the faults of a payload by the schema of a kind; paths begin with `payload`. */
export function issuesOfPayload(kind: JobKindName, payload: Record<string, unknown>): Issue[] {
  const tooDeep = checkNesting(payload);
  if (tooDeep) return [{ path: ["payload"], code: tooDeep[0], message: tooDeep[1] }];
  return issuesOf(JOB_KINDS[kind].payload.safeParse(payload), ["payload"]);
}

function issuesOfKind(kind: JobKindName): Issue[] {
  if (JOB_KINDS[kind].startable) return [];
  const message = `cannot be ${kind}, which is not startable`;
  return [{ path: ["kind"], code: "NOT_STARTABLE", message }];
}

function isSame(schedule: Schedule, { kind, payload, cron, timezone }: CreateScheduleInput) {
  return schedule.kind === kind && schedule.cron === cron && schedule.timezone === timezone &&
    isDeepStrictEqual(schedule.payload, payload);
}
