import { Button } from "@mantine/core";
import { IconPencilPlus } from "@tabler/icons-react";
import { useState } from "react";
import { failureOf, useAction } from "../kit/action.ts";
import { Confirm, type Question } from "../kit/confirm.tsx";
import { ErrorNotice } from "../kit/error_notice.tsx";
import { ButtonLink } from "../kit/links.tsx";
import { RenameDialog } from "../kit/rename_dialog.tsx";
import { useIsAdmin } from "../shell/viewer.tsx";
import {
  ArchiveTemplate,
  RenameTemplate,
  RestoreTemplate,
  type TemplateDetail,
} from "./operations.ts";
import { useReloadTemplates } from "./template_list.ts";

/** Actions of a template: use it in a message, edit, rename, archive or restore it. */
export function TemplateActions({ template }: { readonly template: TemplateDetail }) {
  const { id, name, archivedAt } = template;
  const isAdmin = useIsAdmin();
  return (
    <>
      {!archivedAt && (
        <ButtonLink
          to="/compose"
          search={{ template: id }}
          size="compact-md"
          leftSection={<IconPencilPlus size={15} />}
        >
          Use in a message
        </ButtonLink>
      )}
      {isAdmin && !archivedAt && <Edit id={id} name={name} />}
      {isAdmin && archivedAt && <Restore id={id} />}
    </>
  );
}

function Edit({ id, name }: { readonly id: string; readonly name: string }) {
  const reload = useReloadTemplates();
  const archive = useAction(ArchiveTemplate, (data) => data.archiveTemplate);
  const rename = useAction(RenameTemplate, (data) => data.renameTemplate);
  const [renaming, setRenaming] = useState(false);
  const [question, setQuestion] = useState<Question | null>(null);

  function askToArchive() {
    setQuestion({
      title: `Archive “${name}”?`,
      body: "New messages cannot use it. Messages and campaigns that use it already are not " +
        "changed. You can restore it at any time.",
      action: "Archive",
      run: async () => {
        const reason = failureOf(await archive.run({ id }));
        if (reason === null) reload();
        return reason;
      },
    });
  }

  return (
    <>
      <ButtonLink to={`/templates/${id}/edit`} size="compact-md" variant="default">Edit</ButtonLink>
      <Button size="compact-md" variant="default" onClick={() => setRenaming(true)}>Rename</Button>
      <Button size="compact-md" variant="default" onClick={askToArchive}>Archive</Button>
      <RenameDialog
        key={name}
        opened={renaming}
        title="Rename the template"
        object={{ id, name }}
        action={rename}
        onClose={() => setRenaming(false)}
        onRenamed={reload}
      />
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </>
  );
}

function Restore({ id }: { readonly id: string }) {
  const reload = useReloadTemplates();
  const restore = useAction(RestoreTemplate, (data) => data.restoreTemplate);

  async function run() {
    if (failureOf(await restore.run({ id })) === null) reload();
  }

  return (
    <>
      {restore.failure && <ErrorNotice reason={restore.failure.reason} />}
      <Button size="compact-md" variant="default" loading={restore.running} onClick={run}>
        Restore
      </Button>
    </>
  );
}
