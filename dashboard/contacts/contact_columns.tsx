import { Checkbox } from "@mantine/core";
import { IconStarFilled } from "@tabler/icons-react";
import type { Column } from "../kit/list.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { addressesOf, type ContactRow, titleOf } from "./contact_fields.ts";
import { ContactState } from "./contact_state.tsx";

/** Columns of a list of contacts. */
export const CONTACT_COLUMNS: readonly Column<ContactRow>[] = [
  {
    header: "Contact",
    width: "minmax(8rem, 1fr)",
    cell: (contact) => (
      <>
        <strong>{titleOf(contact)}</strong>
        {contact.vip && <IconStarFilled size={13} aria-label="important" />}
      </>
    ),
  },
  { header: "Address", width: "minmax(9rem, 1.2fr)", cell: addressesOf },
  { header: "State", width: "8.5rem", cell: (contact) => <ContactState contact={contact} /> },
  {
    header: "Added",
    width: "6.5rem",
    numeric: true,
    secondary: true,
    cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
  },
];

/** The columns with a checkbox in front, which selects the row. */
export function selectableColumns(
  selected: ReadonlySet<string>,
  toggle: (row: ContactRow) => void,
): readonly Column<ContactRow>[] {
  const choice: Column<ContactRow> = {
    header: "",
    width: "1.5rem",
    cell: (row) => (
      <Checkbox
        size="xs"
        aria-label={`Select ${titleOf(row)}`}
        checked={selected.has(row.id)}
        onChange={() => toggle(row)}
      />
    ),
  };
  return [choice, ...CONTACT_COLUMNS];
}
