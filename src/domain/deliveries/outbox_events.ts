import { appendEvents } from "../outbox/append.ts";

/**
 * Returns SQL that appends the events of deliveries to the outbox, as a part of the statement that changes them.
 *
 * @param deliveries a SELECT with one row per changed delivery: `organization_id`, `id`, `message_id`, `channel`,
 *   `address`, `status` (others than SENT, FAILED, BOUNCED and COMPLAINED are no event), `attempt`, `provider`,
 *   `error_type`, `error_code`, `error_message` and `retryable`
 */
export function appendDeliveryEvents(deliveries: string): string {
  return appendEvents(`
    select organization_id, 'DELIVERY_' || status as event, id as object_id,
      jsonb_build_object('messageId', message_id, 'channel', channel, 'address', address,
        'status', status, 'attempt', attempt, 'provider', provider, 'retryable', retryable,
        'error', case when error_type is not null then jsonb_build_object('type', error_type,
          'code', error_code, 'message', error_message) end) as data
    from (${deliveries}) d`);
}
