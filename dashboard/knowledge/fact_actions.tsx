import { IconCheck, IconPencil, IconTrash, IconX } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useContext, useState } from "react";
import { ActionButton } from "../kit/action_button.tsx";
import { Confirm, type Question } from "../kit/confirm.tsx";
import { ErrorNotice } from "../kit/error_notice.tsx";
import { useUrlState } from "../kit/url_state.ts";
import { useIsAdmin } from "../shell/viewer.tsx";
import { DecidedContext, useDecisions } from "./decisions.ts";
import { FactDialog } from "./fact_dialog.tsx";
import type { FactRow } from "./fact_fields.ts";

/** Actions of a fact: approve, edit, dismiss, delete; only for callers who may change it. */
export function FactActions({ fact }: { readonly fact: FactRow }) {
  const decisions = useDecisions(useContext(DecidedContext));
  const navigate = useNavigate();
  const [search] = useUrlState();
  const [editing, setEditing] = useState(false);
  const [question, setQuestion] = useState<Question | null>(null);
  const isAdmin = useIsAdmin();
  if (!isAdmin) return null;

  function askToDelete() {
    setQuestion({
      title: "Delete this fact?",
      body: "It may be learned again from another mail. Dismiss it to prevent that. " +
        "A deleted fact cannot be restored.",
      action: "Delete the fact",
      danger: true,
      async run() {
        const reason = await decisions.remove([fact]);
        if (reason === null) navigate({ to: "/knowledge", search });
        return reason;
      },
    });
  }

  return (
    <>
      {decisions.reason && !question && <ErrorNotice reason={decisions.reason} />}
      {fact.state !== "APPROVED" && (
        <ActionButton
          icon={IconCheck}
          primary
          running={decisions.running === "approve"}
          onClick={() => void decisions.approve([fact])}
        >
          Approve
        </ActionButton>
      )}
      <ActionButton icon={IconPencil} onClick={() => setEditing(true)}>Edit …</ActionButton>
      {fact.state !== "DISMISSED" && (
        <ActionButton
          icon={IconX}
          running={decisions.running === "dismiss"}
          onClick={() => void decisions.dismiss([fact])}
        >
          Dismiss
        </ActionButton>
      )}
      <ActionButton icon={IconTrash} onClick={askToDelete}>Delete …</ActionButton>
      <FactDialog
        fact={editing ? fact : null}
        onClose={() => setEditing(false)}
        onSaved={() => setEditing(false)}
      />
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </>
  );
}
