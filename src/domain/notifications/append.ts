import { type Connection, statement } from "../../db/database.ts";
import type { EventName } from "./events.ts";

/** An event that users are to be notified of. */
export interface NewEvent {
  readonly organizationId: string;
  /** User of the object; null: callers without a user. Ignored if the event is for all ADMINs. */
  readonly userId: string | null;
  readonly event: EventName;
  /** Database id of the object, of the noun that the event names. */
  readonly subjectId: string;
  /** Title or kind of the object, for the title of the notification. */
  readonly name: string;
  /** Further text for people; null: none. */
  readonly detail: string | null;
}

/**
 * Returns SQL that appends events, as a part of the statement that changes their objects. It costs one insert
 * without a conflict; `deliverNotifications` does the rest.
 *
 * @param events a SELECT with the columns organization_id, user_id (null: callers without a user), event (an
 *   `EventName`), subject_id, name and detail (null: none)
 */
export function insertEventsFrom(events: string): string {
  return `insert into notification_events (organization_id, user_id, event, subject_id, name, detail)
     select organization_id, user_id, event, subject_id, name, detail from (${events}) e`;
}

const APPEND = statement<
  [
    organizationIds: string[],
    userIds: (string | null)[],
    events: EventName[],
    subjectIds: string[],
    names: string[],
    details: (string | null)[],
  ]
>(
  "notifications.append",
  insertEventsFrom(
    `select * from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::text[], $6::text[])
       as r(organization_id, user_id, event, subject_id, name, detail)`,
  ),
);

/** Appends events in the transaction that changes their objects. */
export async function appendEvents(tx: Connection, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx.run(
    APPEND,
    events.map(({ organizationId }) => organizationId),
    events.map(({ userId }) => userId),
    events.map(({ event }) => event),
    events.map(({ subjectId }) => subjectId),
    events.map(({ name }) => name),
    events.map(({ detail }) => detail),
  );
}
