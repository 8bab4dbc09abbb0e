/** Severity of a notification. */
export type NotificationLevel = "INFO" | "SUCCESS" | "WARNING" | "ERROR";

/** One or more events that a user is notified of. */
export interface Notification {
  readonly id: string;
  readonly level: NotificationLevel;
  readonly title: string;
  readonly body: string | null;
  /** TypeID of the object; of several events, of the last one. */
  readonly subject: string;
  /** Number of events. */
  readonly count: number;
  /** Time of the first event. */
  readonly createdAt: Date;
  /** Time of the last event. */
  readonly lastAt: Date;
  /** Null: unread. */
  readonly readAt: Date | null;
}

/** A user of an organization. */
export interface NotifiedUser {
  readonly organizationId: string;
  /** Empty: all callers without a user. */
  readonly userId: string;
}

/** Returns the user whose notifications a caller sees. Callers of an organization without a user share theirs. */
export function userOf(
  { organizationId, userId }: {
    readonly organizationId: string;
    readonly userId: string | null;
  },
): NotifiedUser {
  return { organizationId, userId: userId ?? "" };
}
