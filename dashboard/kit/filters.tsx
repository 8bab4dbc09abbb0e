import { CloseButton, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { type ReactNode, useEffect, useState } from "react";

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
  const [text, setText] = useState(value);
  const apply = useDebouncedCallback(onChange, TYPING_MS);
  useEffect(() => setText(value), [value]);

  function change(next: string) {
    setText(next);
    apply(next);
  }

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
