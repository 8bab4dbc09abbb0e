import { Button, Textarea } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconDeviceFloppy } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { isFailure, useAction } from "../kit/action.ts";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { ErrorNotice } from "../kit/error_notice.tsx";
import { ButtonLink } from "../kit/links.tsx";
import { PageHead } from "../kit/page_head.tsx";
import { type PromptVersion, SavePrompt } from "./operations.ts";
import { meaningOf, titleOf } from "./prompt_words.ts";
import { Difference } from "../kit/text_difference.tsx";

const TYPING_MS = 300;

/** Form of a new version, with its difference to the one that it begins with. */
export function PromptEditor({ prompt }: { readonly prompt: PromptVersion }) {
  const { id, name, version, variables } = prompt;
  const navigate = useNavigate();
  const [text, setText] = useState(prompt.text);
  const [typed] = useDebouncedValue(text, TYPING_MS);
  const field = useRef<HTMLTextAreaElement>(null);
  const save = useAction(SavePrompt, (data) => data.savePrompt);
  const input = { name, text };
  const issue = save.issueOf("text");

  async function submit() {
    const done = await save.run({ input });
    if (!isFailure(done)) navigate({ to: `/prompts/${done.prompt.id}` });
  }

  function change(next: string) {
    save.clear();
    setText(next);
  }

  function insert(variable: string) {
    const { selectionStart: from = text.length, selectionEnd: to = from } = field.current ?? {};
    change(`${text.slice(0, from)}{{ ${variable} }}${text.slice(to)}`);
    field.current?.focus();
  }

  return (
    <>
      <PageHead title={`Edit ${titleOf(name)}`}>
        <CopyGraphQL operation={SavePrompt} variables={{ input }} />
        <ButtonLink to={`/prompts/${id}`} variant="subtle">Cancel</ButtonLink>
        <Button
          leftSection={<IconDeviceFloppy size={15} />}
          loading={save.running}
          disabled={text === prompt.text}
          onClick={submit}
        >
          Save as a new version
        </Button>
      </PageHead>
      <div className="compose">
        <div>
          {save.failure && !issue && <ErrorNotice reason={save.failure.reason} />}
          <Textarea
            ref={field}
            label="Text"
            description="It is not used before you promote it."
            autosize
            minRows={20}
            spellCheck={false}
            value={text}
            error={issue}
            onChange={(event) => change(event.currentTarget.value)}
          />
        </div>
        <div>
          <Variables names={variables} onInsert={insert} />
          <section aria-label="Difference">
            <h3>Difference to version {version}</h3>
            <Difference before={prompt.text} after={typed} />
          </section>
        </div>
      </div>
    </>
  );
}

function Variables({ names, onInsert }: {
  readonly names: readonly string[];
  readonly onInsert: (name: string) => void;
}) {
  return (
    <fieldset>
      <legend>Variables</legend>
      <dl className="prompt-variables">
        {names.map((name) => (
          <div key={name}>
            <dt>
              <Button
                size="compact-sm"
                variant="default"
                aria-label={`Insert ${name}`}
                onClick={() => onInsert(name)}
              >
                {`{{ ${name} }}`}
              </Button>
            </dt>
            <dd>{meaningOf(name)}</dd>
          </div>
        ))}
      </dl>
    </fieldset>
  );
}
