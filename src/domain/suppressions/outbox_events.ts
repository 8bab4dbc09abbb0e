import { appendEvents } from "../outbox/append.ts";

/**
 * Returns SQL that appends the unsubscriptions among new suppressions to the outbox, as a part of the statement that
 * adds them.
 *
 * @param suppressions a SELECT with one row per suppression that was inserted, or changed nothing: `id`,
 *   `organization_id`, `channel`, `address`, `reason` and `delivery_id`
 */
export function appendUnsubscriptions(suppressions: string): string {
  // The statement does not see its own rows in the table, so that the existing ones can be left out.
  return appendEvents(`
    select organization_id, 'CONTACT_UNSUBSCRIBED' as event, id as object_id,
      jsonb_build_object('channel', channel, 'address', address, 'deliveryId', delivery_id) as data
    from (${suppressions}) s
    where reason = 'UNSUBSCRIBED' and not exists (select from suppressions where id = s.id)`);
}
