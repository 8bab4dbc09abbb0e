import { Chip, CloseButton, Group, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTyped } from "./typed.ts";

const TYPING_MS = 250;

/** Row of filters above a list. */
export function FilterBar({ children }: { readonly children: ReactNode }) {
  return <div className="filters" role="search">{children}</div>;
}

/** Text filter, applied shortly after the last key. */
export function SearchFilter({ label, value = "", onChange }: {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (text: string) => void;
}) {
  const [text, change] = useTyped(value, onChange, TYPING_MS);
  return (
    <TextInput
      size="xs"
      className="search-filter"
      aria-label={label}
      placeholder={label}
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
      leftSection={<IconSearch size={14} />}
      rightSection={text && (
        <CloseButton
          size="xs"
          aria-label="Clear the search"
          onClick={() => change("")}
        />
      )}
    />
  );
}

/** Filter by some of a few values. None chosen means all. */
export function ChipFilter<Value extends string>({ label, values, chosen, onChange, children }: {
  readonly label: string;
  readonly values: readonly Value[];
  readonly chosen: readonly Value[] | undefined;
  /** Takes the chosen values, separated by commas, as the URL has them. */
  readonly onChange: (chosen: string) => void;
  /** Text of a value. */
  readonly children: (value: Value) => ReactNode;
}) {
  return (
    <Chip.Group
      multiple
      value={[...chosen ?? []]}
      onChange={(next) => onChange(next.join(","))}
    >
      <Group gap={6} role="group" aria-label={label}>
        {values.map((value) => (
          <Chip key={value} value={value} size="xs" variant="outline">{children(value)}</Chip>
        ))}
      </Group>
    </Chip.Group>
  );
}

/** Filter by one of a few views, or by none. */
export function ViewFilter({ label, views, chosen, onChange }: {
  readonly label: string;
  /** Views by their names in the URL. */
  readonly views: Readonly<Record<string, { readonly label: string }>>;
  readonly chosen: string | undefined;
  readonly onChange: (view: string | undefined) => void;
}) {
  return (
    <Group gap={6} role="group" aria-label={label}>
      {Object.entries(views).map(([view, { label }]) => (
        <Chip
          key={view}
          size="xs"
          variant="outline"
          checked={chosen === view}
          onChange={(checked) => onChange(checked ? view : undefined)}
        >
          {label}
        </Chip>
      ))}
    </Group>
  );
}
