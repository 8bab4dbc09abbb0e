import { newDraft } from "./draft.ts";
import { Editor } from "./editor.tsx";

/** Editor of a new campaign. */
export default function NewCampaignPage() {
  return <Editor campaignId={null} first={newDraft()} />;
}
