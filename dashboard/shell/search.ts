import { useDebouncedValue } from "@mantine/hooks";
import { useContext } from "react";
import { useQuery } from "urql";
import { graphql } from "../api/graphql.ts";
import { formatEnum } from "../kit/format.ts";
import { IdPagesContext } from "../kit/links.tsx";

const TYPING_MS = 200;
const MAX_HITS = 12;

const SearchQuery = graphql(`
  query Search($text: String!, $first: Int!) {
    search(text: $text, first: $first) { nodes { title detail node { __typename id } } }
  }
`);

/** A found object that has a page. */
export interface Hit {
  readonly id: string;
  readonly title: string;
  /** Kind of the object, and what distinguishes it from others with this title. */
  readonly description: string;
  /** Address of its page. */
  readonly to: string;
  /** Filters of the page. */
  readonly search: Readonly<Record<string, string | undefined>>;
}

/**
 * Objects that a text may mean: an id, an address, a title. While they are searched, those of the text before
 * stay.
 */
export function useSearch(
  text: string,
): { readonly hits: readonly Hit[]; readonly searching: boolean } {
  const pages = useContext(IdPagesContext);
  const wanted = text.trim().slice(0, 320);
  const [typed] = useDebouncedValue(wanted, TYPING_MS);
  const [{ data, fetching }] = useQuery({
    query: SearchQuery,
    variables: { text: typed, first: MAX_HITS },
    pause: typed === "",
  });
  const searching = wanted !== "" && (fetching || wanted !== typed);
  const nodes = wanted === "" ? [] : data?.search.nodes ?? [];
  const hits = nodes.flatMap(({ title, detail, node }) => {
    if (!node) return [];
    const { id, __typename: kind } = node;
    const page = pages[id.slice(0, id.indexOf("_"))];
    // An entry of the suppression list has no page of its own.
    const place = kind === "Suppression"
      ? { to: "/suppressions", search: { q: title } }
      : page && { to: page(id), search: {} };
    const description = [formatEnum(kind), detail].filter(Boolean).join(" · ");
    return place ? [{ id, title, description, ...place }] : [];
  });
  return { hits, searching };
}
