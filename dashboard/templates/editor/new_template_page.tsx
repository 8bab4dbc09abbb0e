import { NEW_DRAFT } from "./draft.ts";
import { Editor } from "./editor.tsx";

/** Editor of a new template. */
export default function NewTemplatePage() {
  return <Editor template={null} first={NEW_DRAFT} />;
}
