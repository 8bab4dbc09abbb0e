/**
 * The SQL that puts addresses on suppression lists, as a part of another noun's statement. An address
 * that is listed for the same reason stays as it is.
 *
 * @param rows a SELECT of `organization_id`, `channel`, `address` (normalized), `reason` and
 *   `delivery_id`
 */
export function suppressAddresses(rows: string): string {
  return `insert into suppressions (organization_id, channel, address, reason, delivery_id)
     select distinct on (organization_id, channel, address, reason)
       organization_id, channel, address, reason, delivery_id
     from (${rows}) r order by organization_id, channel, address, reason, delivery_id
     on conflict do nothing`;
}
