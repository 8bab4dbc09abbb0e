import { getLogger } from "@logtape/logtape";
import type { Caller } from "../access/access.ts";
import { DomainError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import { toLogText } from "../log_text.ts";
import {
  type DueMail,
  findDueMails,
  type MailedNotification,
  readMailContent,
  recordMail,
} from "../notifications/mail.ts";
import type { Services } from "../services.ts";
import { DEFAULT_RETRY } from "./input.ts";
import { NOTIFICATION_TYPE } from "./notify.ts";
import { sendMessage } from "./send.ts";

const MAX_USERS = 100;
/** Maximum number of notifications that a mail lists. */
const MAX_LISTED = 20;
const log = getLogger(["waybill", "notifications"]);

/**
 * Sends the notifications that users want by mail: one message to each user, of the lane TRANSACTIONAL, with all
 * notifications since the last one. Several processes may call it at once.
 *
 * @param publicUrl URL of the dashboard, for the link in the mail
 */
export async function mailNotifications(services: Services, publicUrl: string): Promise<void> {
  for (const due of await findDueMails(services.db, MAX_USERS)) {
    const notifications = await readMailContent(services.db, due);
    if (notifications.length === 0) continue;
    const isNew = await sendMail(services, due, contentOf(notifications, publicUrl));
    // The message of another process, or from before a crash, may list fewer notifications.
    await recordMail(services.db, due, isNew ? notifications : []);
  }
}

/** Returns false if the message was sent before. */
async function sendMail(
  services: Services,
  { organizationId, address, id, number }: DueMail,
  variables: Readonly<Record<string, string>>,
): Promise<boolean> {
  const caller: Caller = { organizationId, userId: null, role: "ADMIN", keyId: null };
  try {
    const { created } = await sendMessage(services, caller, {
      title: "Notifications",
      channel: "EMAIL",
      type: NOTIFICATION_TYPE,
      lane: "TRANSACTIONAL",
      priority: 0,
      // The texts are variables, because a title may contain marks of a template.
      content: { subject: "{{ subject }}", text: "{{ text }}", html: null },
      to: { list: [{ address, name: null, variables }] },
      retry: { ...DEFAULT_RETRY, mode: "AUTO" },
      onUnknown: "HOLD",
      unsubscribable: false,
      // The same for a second process, and after a crash before the mail is recorded.
      idempotencyKey: `notifications ${id} ${number}`,
    });
    return created;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    // They are not tried again, because the same mail would be refused again.
    log.error("Cannot mail notifications of {organizationId}: {reason}", {
      organizationId: toTypeId("organization", organizationId),
      reason: toLogText(error.message),
    });
    return true;
  }
}

function contentOf(
  notifications: readonly MailedNotification[],
  publicUrl: string,
): { subject: string; text: string } {
  const [first] = notifications;
  const events = notifications.reduce((sum, { count }) => sum + count, 0);
  const listed = notifications.slice(0, MAX_LISTED);
  const more = notifications.length - listed.length;
  const parts = [
    ...listed.map(({ title, body }) => body === null ? title : `${title}\n${body}`),
    ...(more > 0 ? [`and ${more} more`] : []),
    `${publicUrl}/notifications`,
  ];
  return {
    subject: events === 1 && first ? first.title : `${events} notifications`,
    text: `${parts.join("\n\n")}\n`,
  };
}
