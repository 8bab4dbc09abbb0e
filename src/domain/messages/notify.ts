import { toTypeId } from "../id.ts";
import { insertEventsFrom } from "../notifications/append.ts";
import { publishToast } from "../notifications/toast.ts";
import type { Services } from "../services.ts";
import type { Message } from "./message.ts";

/** Type of the mails about notifications, which notify no user themselves. */
export const NOTIFICATION_TYPE = "notification";

// The message of a campaign notifies of the campaign.
const SUBJECT = "case when campaign_id is null then 'MESSAGE_' else 'CAMPAIGN_' end";
const COLUMNS = "organization_id, user_id, coalesce(campaign_id, id) as subject_id, title as name";
const NOTIFIES = `type <> '${NOTIFICATION_TYPE}'`;

/**
 * Returns SQL that notifies users of the ends of their messages, as a part of the statement that ends them. A
 * message of the lane TRANSACTIONAL that was sent is left out, because programs send them by the thousand.
 *
 * @param ended name of a query with columns of finished messages
 */
export function notifyOfEnds(ended: string): string {
  return insertEventsFrom(
    `select ${COLUMNS}, ${SUBJECT} || status as event, concat_ws(', ', sent_count || ' sent',
       nullif(recipient_count - sent_count - suppressed_count, 0) || ' failed',
       nullif(suppressed_count, 0) || ' suppressed') as detail
     from ${ended} where ${NOTIFIES} and (lane <> 'TRANSACTIONAL' or status <> 'SENT' or campaign_id is not null)`,
  );
}

/**
 * Returns SQL that notifies users of pauses of their messages, as a part of the statement that pauses them.
 *
 * @param paused SELECT of columns of messages that were not paused before
 */
export function notifyOfPauses(paused: string): string {
  return insertEventsFrom(
    `select ${COLUMNS}, ${SUBJECT} || 'PAUSED' as event, pause_reason as detail
     from (${paused}) p where ${NOTIFIES}`,
  );
}

/**
 * Shows the user of a message that its sending has begun. A message of the lane TRANSACTIONAL is left out, as in
 * `notifyOfEnds`.
 */
export function toastStart(
  services: Services,
  { id, organizationId, userId, title, lane, recipientCount }: Pick<
    Message,
    "id" | "organizationId" | "userId" | "title" | "lane" | "recipientCount"
  >,
): void {
  if (lane === "TRANSACTIONAL") return;
  const recipients = recipientCount === 1 ? "1 recipient" : `${recipientCount} recipients`;
  publishToast(services, organizationId, {
    userId,
    topic: "MESSAGES",
    level: "INFO",
    title: `Message “${title}” is being sent to ${recipients}`,
    subject: toTypeId("message", id),
  });
}
