import { Alert, Button, Group, Select } from "@mantine/core";
import { useState } from "react";
import { useQuery } from "urql";
import { graphql, type ResultOf } from "../../api/graphql.ts";
import { PageLink } from "../../kit/links.tsx";
import type { Draft } from "./draft.ts";

const TemplatesQuery = graphql(`
  query TemplateChoice($search: String) {
    templates(search: $search, first: 50) { nodes { id name } }
  }
`);

const TemplateQuery = graphql(`
  query ChosenTemplate($id: ID!) {
    template(id: $id) { id name version content { subject text html } }
  }
`);

/** Template that a draft has chosen, with its content. */
export type ChosenTemplate = NonNullable<ResultOf<typeof TemplateQuery>["template"]>;

type Choice = Pick<Draft, "templateId">;
type Written = Pick<Draft, "subject" | "text" | "html">;

/** Reads the template that a draft has chosen; null: none, or not read yet. */
export function useChosenTemplate({ templateId }: Choice): ChosenTemplate | null {
  const [{ data }] = useQuery({
    query: TemplateQuery,
    variables: { id: templateId ?? "" },
    pause: templateId === null,
  });
  return templateId === null ? null : data?.template ?? null;
}

/** Chooses a template as the content, or copies its content into the draft. */
export function TemplateField({ chosen, draft, onChange, error }: {
  readonly chosen: ChosenTemplate | null;
  readonly draft: Choice;
  readonly onChange: (changes: Partial<Choice & Written>) => void;
  readonly error: string | undefined;
}) {
  const [search, setSearch] = useState("");
  const [{ data }] = useQuery({
    query: TemplatesQuery,
    // The name of the chosen template is no search.
    variables: { search: search === chosen?.name ? null : search || null },
  });
  const choices = new Map([...(chosen ? [chosen] : []), ...(data?.templates.nodes ?? [])]
    .map(({ id, name }) => [id, { value: id, label: name }]));
  return (
    <>
      <Select
        label="Template (optional)"
        placeholder="Write the content below"
        searchable
        clearable
        nothingFoundMessage="No template has this name."
        data={[...choices.values()]}
        value={draft.templateId}
        error={error}
        onChange={(templateId) => onChange({ templateId })}
        onSearchChange={setSearch}
      />
      {chosen && (
        <Alert variant="outline" className="chosen-template">
          <Group justify="space-between">
            <span>
              Sent as version {chosen.version} of{" "}
              <PageLink to={`/templates/${chosen.id}`}>{chosen.name}</PageLink>:{" "}
              {chosen.content.subject}
            </span>
            <Button
              size="compact-sm"
              variant="default"
              onClick={() =>
                onChange({
                  templateId: null,
                  subject: chosen.content.subject,
                  text: chosen.content.text ?? "",
                  html: chosen.content.html ?? "",
                })}
            >
              Edit a copy
            </Button>
          </Group>
        </Alert>
      )}
    </>
  );
}
