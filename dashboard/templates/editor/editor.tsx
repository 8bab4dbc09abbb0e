import { Button, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { IconDeviceFloppy } from "@tabler/icons-react";
import { useState } from "react";
import { isFailure, useAction } from "../../kit/action.ts";
import { CopyGraphQL } from "../../kit/copy_graphql.tsx";
import { ErrorNotice } from "../../kit/error_notice.tsx";
import { ButtonLink } from "../../kit/links.tsx";
import { PageHead } from "../../kit/page_head.tsx";
import { SAMPLE_RECIPIENT, useContentPreview } from "../../messages/content/content_preview.ts";
import { RenderedContent } from "../../messages/content/rendered_content.tsx";
import { TestSend } from "../../messages/content/test_send.tsx";
import { SaveTemplate } from "../operations.ts";
import { type Draft, inputOf } from "./draft.ts";
import { useMadeContent } from "./made_content.ts";
import { SourceFields } from "./source_fields.tsx";
import { useValues, ValueFields } from "./value_fields.tsx";

/** Form of a template with its preview beside it. */
export function Editor({ template, first }: {
  /** Null: a new one. */
  readonly template:
    | { readonly id: string; readonly name: string; readonly version: number }
    | null;
  /** Content that the form begins with. */
  readonly first: Draft;
}) {
  const navigate = useNavigate();
  const [name, setName] = useState(template?.name ?? "");
  const [draft, setDraft] = useState(first);
  const [replaces] = useState(template?.version ?? 0);
  const save = useAction(SaveTemplate, (data) => data.saveTemplate);
  const made = useMadeContent(draft);
  const [values, setValue, variables] = useValues();
  const preview = useContentPreview(made.content, { ...SAMPLE_RECIPIENT, variables });
  const input = { name, replaces, ...inputOf(draft) };
  const issues = [...save.failure?.issues ?? [], ...made.failure?.issues ?? []];

  // Faults have the path of the field: ["mjml"], ["content", "html"].
  function errorOf(field: string): string | undefined {
    return issues.find(({ path }) => path.at(-1) === field)?.message;
  }

  async function submit() {
    const done = await save.run({ input });
    if (!isFailure(done)) navigate({ to: `/templates/${done.template.id}` });
  }

  return (
    <>
      <PageHead title={template ? `Edit ${template.name}` : "New template"}>
        <CopyGraphQL operation={SaveTemplate} variables={{ input }} />
        <ButtonLink to={template ? `/templates/${template.id}` : "/templates"} variant="subtle">
          Cancel
        </ButtonLink>
        <Button
          leftSection={<IconDeviceFloppy size={15} />}
          loading={save.running}
          onClick={submit}
        >
          Save as version {replaces + 1}
        </Button>
      </PageHead>
      <div className="compose">
        <div>
          {save.failure && <ErrorNotice reason={save.failure.reason} />}
          <fieldset>
            <legend>Template</legend>
            <TextInput
              label="Name"
              description={template
                ? "Rename it on its page"
                : "For your own lists; recipients do not see it"}
              readOnly={template !== null}
              value={name}
              error={errorOf("name")}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          </fieldset>
          <SourceFields
            draft={draft}
            onChange={(changes) => {
              save.clear();
              setDraft((previous) => ({ ...previous, ...changes }));
            }}
            errorOf={errorOf}
          />
          <ValueFields preview={preview} values={values} onChange={setValue} />
          <TestSend
            input={made.content && { channel: "EMAIL", content: made.content }}
            values={{ variables }}
          />
        </div>
        <section className="compose-preview" aria-label="Preview">
          {made.failure && <ErrorNotice reason={made.failure.reason} />}
          {!made.failure && preview && <RenderedContent result={preview} />}
        </section>
      </div>
    </>
  );
}
