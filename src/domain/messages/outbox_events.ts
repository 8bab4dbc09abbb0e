import { appendEvents } from "../outbox/append.ts";
import type { OutboxEvent } from "../outbox/event.ts";

/**
 * Returns SQL that appends an event of messages to the outbox, as a part of the statement that changes them. It has
 * nothing of their content.
 *
 * @param messages a SELECT with one row per changed message: `organization_id`, `id`, `title`, `type`, `channel`,
 *   `status`, `recipient_count`, and, unless the event is MESSAGE_STARTED, `sent_count`, `suppressed_count`,
 *   `pause_reason` and `pause_code`
 */
export function appendMessageEvents(
  event: OutboxEvent & `MESSAGE_${string}`,
  messages: string,
): string {
  return appendEvents(`
    select organization_id, '${event}' as event, id as object_id,
      jsonb_build_object('title', title, 'type', type, 'channel', channel, 'status', status,
        'recipientCount', recipient_count${FIELDS[event] ?? ""}) as data
    from (${messages}) m`);
}

const FIELDS: Readonly<Record<string, string | undefined>> = {
  MESSAGE_FINISHED: ", 'sentCount', sent_count, 'suppressedCount', suppressed_count",
  MESSAGE_PAUSED: ", 'reason', pause_reason, 'code', pause_code",
};
