import type { MessageChannel } from "../../domain/channel.ts";
import type { ChannelRules } from "../../domain/channel_rules/rules.ts";
import { ADDRESS_FIELDS, type ContactInput } from "../../domain/contacts/contact.ts";
import type { ContactRow } from "../../domain/contacts/import.ts";
import type { RecipientInput } from "../../domain/recipients.ts";
import type { MappedColumn } from "./mapping.ts";
import { recipientTable } from "./recipient_table.ts";
import type { Columns, Table } from "./table.ts";

const FIELDS = ["email", "psid", "vip"];
const YES = ["true", "yes", "y", "1", "x"];
const NO = ["false", "no", "n", "0", ""];

/**
 * Table of contacts: a table of recipients, whose variables `email` or `psid`, and `vip`, are fields of the contact.
 *
 * @param channel channel of the column of addresses
 */
export function contactTable(
  channel: MessageChannel,
  rules: ChannelRules,
  mapping: readonly MappedColumn[],
): Table<ContactRow> {
  const recipients = recipientTable(rules, mapping);
  return {
    ...recipients,
    columnsOf(headings): Columns<ContactRow> {
      const columns = recipients.columnsOf(headings);
      return {
        ...columns,
        rowOf(line, fields) {
          const row = columns.rowOf(line, fields);
          return "reason" in row ? row : { line, ...contactOf(channel, row.recipient) };
        },
      };
    },
  };
}

function contactOf(
  channel: MessageChannel,
  { address, name, variables }: RecipientInput,
): { contact: ContactInput } | { reason: string } {
  const fields: Record<string, string> = {};
  const others: Record<string, unknown> = {};
  for (const [heading, value] of Object.entries(variables ?? {})) {
    const field = heading.toLowerCase();
    if (FIELDS.includes(field)) fields[field] = String(value);
    else others[heading] = value;
  }
  const { email, psid, vip = "" } = fields;
  const mark = vip.toLowerCase();
  if (!YES.includes(mark) && !NO.includes(mark)) {
    return { reason: `vip must be true or false, not ${JSON.stringify(vip)}` };
  }
  const marked = YES.includes(mark);
  const addresses = { email, psid, [ADDRESS_FIELDS[channel]]: address };
  return { contact: { ...addresses, name, vip: marked, variables: others } };
}
