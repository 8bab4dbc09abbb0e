import { useNavigate, useSearch } from "@tanstack/react-router";

/** Filters and selections of a page, by name; all of them are in the URL. */
export type UrlState = Readonly<Record<string, string | undefined>>;

/**
 * Changes some values of the URL.
 *
 * @param entry "push" for what the Back button shall undo, as an opened detail; filters replace the entry
 */
export type ChangeUrl = (changes: UrlState, entry?: "push" | "replace") => void;

/**
 * The search part of the URL, and a function that changes some of its values. A value that becomes empty
 * is removed. Lists are separated by commas: see `listOf`.
 */
export function useUrlState(): [UrlState, ChangeUrl] {
  const state: UrlState = useSearch({ strict: false });
  const navigate = useNavigate();
  return [
    state,
    (changes, entry = "replace") =>
      void navigate({
        to: ".",
        search: (previous: UrlState) => ({ ...previous, ...changes }),
        replace: entry === "replace",
      }),
  ];
}

/** The members of `allowed` that a value of the URL lists; undefined if none, which means no limit. */
export function listOf<Value extends string>(
  text: string | undefined,
  allowed: readonly Value[],
): Value[] | undefined {
  const names = text?.split(",") ?? [];
  const values = allowed.filter((value) => names.includes(value));
  return values.length > 0 ? values : undefined;
}
