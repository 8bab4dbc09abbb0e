import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useQuery } from "urql";
import { graphql } from "../../api/graphql.ts";
import { formatCount } from "../../kit/format.ts";
import type { Draft } from "./draft.ts";

const AudiencesQuery = graphql(`
  query AudienceChoice($search: String) {
    audiences(search: $search, first: 50) {
      nodes { id name channel partial recipientCount import { status } }
    }
  }
`);

/** Reads one audience, with a few recipients for the preview. */
export const AudienceQuery = graphql(`
  query ChosenAudience($id: ID!) {
    audience(id: $id) {
      id
      name
      channel
      partial
      recipientCount
      import { status }
      recipients(first: 20) { nodes { address name variables suppressed } }
    }
  }
`);

/** Chooses an audience of the channel by its name. */
export function AudienceSelect({ value, channel, error, onChange }: {
  readonly value: string | null;
  readonly channel: Draft["channel"];
  readonly error: string | undefined;
  readonly onChange: (id: string | null) => void;
}) {
  const [text, setText] = useState("");
  const [search] = useDebouncedValue(text, 250);
  const [{ data: chosen }] = useQuery({
    query: AudienceQuery,
    variables: { id: value ?? "" },
    pause: value === null,
  });
  const present = value !== null && chosen?.audience ? [chosen.audience] : [];
  const isChosen = present.some((audience) => labelOf(audience) === search);
  const [{ data }] = useQuery({
    query: AudiencesQuery,
    // The field shows the label of the chosen audience, which is no search.
    variables: { search: isChosen ? null : search || null },
  });
  const usable = (data?.audiences.nodes ?? []).filter((audience) =>
    audience.channel === channel && !audience.partial && audience.import?.status !== "RUNNING"
  );
  const choices = new Map([...present, ...usable].map((audience) => [audience.id, audience]));
  return (
    <Select
      label="Audience"
      placeholder="Choose an audience"
      searchable
      clearable
      nothingFoundMessage="No audience of this channel matches. Upload a CSV file below."
      data={[...choices.values()].map((audience) => ({
        value: audience.id,
        label: labelOf(audience),
      }))}
      value={value}
      error={error}
      onChange={onChange}
      onSearchChange={setText}
    />
  );
}

function labelOf({ name, recipientCount }: {
  readonly name: string;
  readonly recipientCount: number;
}): string {
  return `${name} · ${formatCount(recipientCount)}`;
}
