import { type Connection, statement } from "../../db/database.ts";

/** An event that waits in the outbox of an endpoint. */
export interface StoredEvent {
  readonly id: number;
  readonly event: string;
  readonly objectId: string;
  readonly at: Date;
  readonly data: Readonly<Record<string, unknown>>;
  /** Time since the change, in milliseconds. */
  readonly ageMs: number;
}

const READ = statement<[endpointId: string, limit: number], StoredEvent>(
  "outbox.read",
  `select id, event, object_id as "objectId", at, data,
     extract(epoch from clock_timestamp() - at)::float8 * 1000 as "ageMs"
   from outbox where endpoint_id = $1 order by id limit $2`,
);

/** Reads the first events of an endpoint, oldest first. */
export function readEvents(
  db: Connection,
  endpointId: string,
  limit: number,
): Promise<StoredEvent[]> {
  return db.run(READ, endpointId, limit);
}

/**
 * Returns SQL that deletes events of an endpoint, as a part of the statement that puts them into calls.
 *
 * @param endpointId expression of its id
 * @param ids expression of the ids of the events, as an array
 */
export function deleteEvents(endpointId: string, ids: string): string {
  return `delete from outbox where endpoint_id = ${endpointId} and id = any(${ids})`;
}

const REMOVE = statement<[endpointId: string, ids: number[]]>(
  "outbox.remove",
  deleteEvents("$1", "$2::bigint[]"),
);

/** Deletes events that a listener has received. */
export async function removeEvents(
  db: Connection,
  listenerId: string,
  ids: readonly number[],
): Promise<void> {
  await db.run(REMOVE, listenerId, [...ids]);
}
