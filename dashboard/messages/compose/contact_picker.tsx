import { Button, Group, Text } from "@mantine/core";
import { useCallback, useMemo, useState } from "react";
import { selectableColumns } from "../../contacts/contact_columns.tsx";
import { type ContactRow, CONTACTS } from "../../contacts/contact_fields.ts";
import { Empty } from "../../kit/empty.tsx";
import { FilterBar, SearchFilter } from "../../kit/filters.tsx";
import { formatNumberOf } from "../../kit/format.ts";
import { List } from "../../kit/list.tsx";
import { useLiveList } from "../../kit/live_list.ts";

const MAX_PICKED = 1_000;

/** List of active contacts with a search, in which some are picked. Picked ones stay when the search changes. */
export function ContactPicker({ ids, onChange }: {
  readonly ids: readonly string[];
  readonly onChange: (ids: readonly string[]) => void;
}) {
  const [search, setSearch] = useState("");
  const list = useLiveList(CONTACTS, { filter: { active: true, ...(search && { search }) } });
  const picked = useMemo(() => new Set(ids), [ids]);
  const shown = list.rows.map(({ id }) => id);
  const isFull = ids.length >= MAX_PICKED;

  const toggle = useCallback(({ id }: ContactRow) => {
    if (picked.has(id)) onChange(ids.filter((known) => known !== id));
    else if (!isFull) onChange([...ids, id]);
  }, [picked, ids, isFull, onChange]);
  const columns = useMemo(() => selectableColumns(picked, toggle), [picked, toggle]);

  return (
    <div className="contact-picker">
      <FilterBar>
        <SearchFilter label="Search contacts" value={search} onChange={setSearch} />
        <Button
          size="compact-xs"
          variant="subtle"
          onClick={() => onChange([...new Set([...ids, ...shown])].slice(0, MAX_PICKED))}
        >
          Pick the {formatNumberOf(shown.length, "contact")} shown
        </Button>
        {ids.length > 0 && (
          <Button size="compact-xs" variant="subtle" onClick={() => onChange([])}>
            Pick none
          </Button>
        )}
      </FilterBar>
      <List
        label="Contacts to pick"
        list={list}
        columns={columns}
        onToggle={toggle}
        empty={<Empty title="No contact matches">Change or clear the search to see more.</Empty>}
      />
      <Group gap="xs" mt={4}>
        <Text size="sm">{formatNumberOf(ids.length, "contact")} picked</Text>
        {isFull && (
          <Text size="sm" className="dimmed">
            At most 1,000 can be picked. Send to all active contacts, or import an audience.
          </Text>
        )}
      </Group>
    </div>
  );
}
