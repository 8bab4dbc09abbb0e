import { Button } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { failureOf, useAction } from "../kit/action.ts";
import { Confirm, type Question } from "../kit/confirm.tsx";
import { formatNumberOf } from "../kit/format.ts";
import { RenameDialog } from "../kit/rename_dialog.tsx";
import { useReloadAudiences } from "./audience_list.ts";
import { ImportDialog } from "./import_dialog.tsx";
import { type AudienceDetail, DeleteAudience, RenameAudience } from "./operations.ts";

/** Actions of an audience: add recipients, rename, delete. */
export function AudienceActions({ audience, onImported }: {
  readonly audience: AudienceDetail;
  readonly onImported: () => void;
}) {
  const navigate = useNavigate();
  const reload = useReloadAudiences();
  const remove = useAction(DeleteAudience, (data) => data.deleteAudience);
  const rename = useAction(RenameAudience, (data) => data.renameAudience);
  const [dialog, setDialog] = useState<"import" | "rename" | null>(null);
  const [question, setQuestion] = useState<Question | null>(null);
  const close = () => setDialog(null);
  const recipients = formatNumberOf(audience.recipientCount, "recipient");

  function askToDelete() {
    setQuestion({
      title: `Delete “${audience.name}”?`,
      body:
        `The audience and its ${recipients} are deleted. This cannot be undone. Messages that ` +
        "were sent to it keep their deliveries.",
      action: `Delete ${recipients}`,
      danger: true,
      run: async () => {
        const reason = failureOf(await remove.run({ id: audience.id }));
        if (reason !== null) return reason;
        reload();
        navigate({ to: "/audiences" });
        return null;
      },
    });
  }

  return (
    <>
      <Button size="compact-md" onClick={() => setDialog("import")}>Add recipients</Button>
      <Button size="compact-md" variant="default" onClick={() => setDialog("rename")}>
        Rename
      </Button>
      <Button size="compact-md" variant="default" onClick={askToDelete}>Delete</Button>
      <ImportDialog
        opened={dialog === "import"}
        audience={audience}
        onClose={close}
        onImported={() => {
          reload();
          onImported();
        }}
      />
      <RenameDialog
        key={audience.name}
        title="Rename the audience"
        object={audience}
        action={rename}
        opened={dialog === "rename"}
        onClose={close}
        onRenamed={reload}
      />
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </>
  );
}
