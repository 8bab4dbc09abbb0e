import { getLogger } from "@logtape/logtape";
import { type Connection, statement } from "../../db/database.ts";
import { type Caller, requireOperator } from "../access/access.ts";
import { ConflictError } from "../errors.ts";
import { newId, toTypeId } from "../id.ts";
import { skipFences } from "../jobs/fence.ts";
import type { Services } from "../services.ts";
import type { DatabaseIdentity, DatabaseState } from "./database_state.ts";

const log = getLogger(["waybill", "hold"]);

/** The installation is on hold: no job is claimed and no schedule fires, in all processes. */
export interface Hold {
  readonly since: Date;
  /** One or two sentences for people. */
  readonly reason: string;
}

const READ = statement<[], { since: Date | null; reason: string | null }>(
  "installation.hold",
  `select held_at as since, hold_reason as reason from installation`,
);

const PUT_ON_HOLD = statement<[reason: string], { since: Date }>(
  "installation.putOnHold",
  `update installation set held_at = now(), hold_reason = $1 where held_at is null
   returning held_at as since`,
);

// The conditions fail if the database was restored between the check and this statement.
const ADVANCE = statement<
  [
    id: string,
    witness: number,
    systemIdentifier: string | null,
    databaseOid: number | null,
    tableOid: number | null,
    timeline: number | null,
  ],
  { number: number; at: Date }
>(
  "installation.advanceWitness",
  `update installation set witness = witness + 1, witness_at = now(),
     system_identifier = coalesce($3, system_identifier), database_oid = $4, table_oid = $5,
     timeline = coalesce($6, timeline)
   where id = $1 and witness >= $2 and held_at is null
   returning witness as number, witness_at as at`,
);

// The new id makes the copies of the witness void, because they have higher numbers than the database. The
// identity is recorded by the next check.
const RELEASE = statement<[id: string], { id: string }>(
  "installation.release",
  `update installation set id = $1, held_at = null, hold_reason = null, system_identifier = null,
     database_oid = null, table_oid = null, timeline = null, witness = witness + 1, witness_at = now()
   where held_at is not null
   returning id`,
);

/** Reads the hold of the installation, without a check of access; null: it is not on hold. */
export async function readHold(db: Connection): Promise<Hold | null> {
  const [row] = await db.run(READ);
  return row?.since ? { since: row.since, reason: row.reason ?? "" } : null;
}

/** Puts the installation on hold, for all processes. An existing hold keeps its reason. */
export async function putOnHold({ db, bus }: Services, reason: string): Promise<void> {
  await db.run(PUT_ON_HOLD, reason);
  bus.publish("hold", "*", null);
}

/**
 * Advances the witness, and records the identity of the database.
 *
 * @param state as just read; not on hold
 * @returns the new witness; null if the database was put on hold, released or restored meanwhile
 */
export async function advanceWitness(
  { db }: Services,
  { id, witness, actual }: DatabaseState,
): Promise<{ readonly number: number; readonly at: Date } | null> {
  const { systemIdentifier, databaseOid, tableOid, timeline }: DatabaseIdentity = actual;
  const [row] = await db.run(
    ADVANCE,
    id,
    witness,
    systemIdentifier,
    databaseOid,
    tableOid,
    timeline,
  );
  return row ?? null;
}

/**
 * Releases the hold: all processes claim jobs and fire schedules again.
 *
 * @throws {ForbiddenError} unless the caller is the OPERATOR
 * @throws {ConflictError} NOT_HELD
 */
export async function releaseHold(services: Services, caller: Caller): Promise<void> {
  requireOperator(caller, "release the hold");
  await services.db.transaction(async (tx) => {
    const [released] = await tx.run(RELEASE, newId());
    if (!released) {
      throw new ConflictError(
        "NOT_HELD",
        "Cannot release the hold: the installation is not on hold",
      );
    }
    await skipFences(tx);
  });
  log.warn("API key {keyId} released the hold: jobs start and schedules fire again", {
    keyId: caller.keyId && toTypeId("apiKey", caller.keyId),
  });
  services.bus.publish("hold", "*", null);
  services.bus.publish("queue", "*", null);
}
