import { appendEvents } from "../outbox/append.ts";

/**
 * Returns SQL that appends the events of contacts that have registered to the outbox, as a part of the statement that
 * writes them. Only the first registration of a contact is an event.
 *
 * @param contacts a SELECT of the rows of `contacts` that the statement has written
 */
export function appendRegistrations(contacts: string): string {
  return appendEvents(`
    select organization_id, 'CONTACT_REGISTERED' as event, id as object_id,
      jsonb_build_object('address', coalesce(email, psid), 'email', email, 'psid', psid, 'name', name)
        as data
    from (${contacts}) c where registered_at = now()`);
}
