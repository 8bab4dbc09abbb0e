import { Autocomplete, NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "urql";
import { TopicsQuery } from "./operations.ts";
import { readScope, SCOPE_KINDS, type ScopeKind, scopeKindLabel, writeScope } from "./scope.ts";

const PLACEHOLDERS: Readonly<Record<ScopeKind, string>> = {
  ALL: "",
  TOPIC: "shipping",
  SENDER: "grace@example.com",
  DOMAIN: "example.com",
};

/** Mails that a fact is used for. */
export function ScopeField({ scope, error, onChange }: {
  readonly scope: string;
  readonly error: string | undefined;
  readonly onChange: (scope: string) => void;
}) {
  const { kind, value } = readScope(scope);
  const field = {
    label: scopeKindLabel(kind),
    placeholder: PLACEHOLDERS[kind],
    value,
    error,
  };
  return (
    <div className="scope-field">
      <NativeSelect
        label="Used for"
        data={SCOPE_KINDS.map((kind) => ({ value: kind, label: scopeKindLabel(kind) }))}
        value={kind}
        error={kind === "ALL" && error}
        onChange={(event) => {
          const next = SCOPE_KINDS.find((kind) => kind === event.currentTarget.value) ?? "ALL";
          onChange(writeScope(next, ""));
        }}
      />
      {kind === "TOPIC" && (
        <TopicField
          {...field}
          onChange={(value) => onChange(writeScope(kind, value))}
        />
      )}
      {(kind === "SENDER" || kind === "DOMAIN") && (
        <TextInput
          {...field}
          onChange={(event) => onChange(writeScope(kind, event.currentTarget.value))}
        />
      )}
    </div>
  );
}

function TopicField(field: {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}) {
  const [{ data }] = useQuery({ query: TopicsQuery });
  const topics = data?.knowledge.topics.nodes.map(({ name }) => name) ?? [];
  return <Autocomplete {...field} data={topics} limit={8} />;
}
