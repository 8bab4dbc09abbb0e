import { Skeleton } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { useQuery } from "urql";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { MissingPage } from "../shell/missing_page.tsx";
import { PromptQuery } from "./operations.ts";
import { PromptEditor } from "./prompt_editor.tsx";
import "./prompts.css";

/** Editor of a new version that begins with the text of another. */
export default function EditPromptPage() {
  const { id = "" } = useParams({ strict: false });
  const [{ data, error }, read] = useQuery({
    query: PromptQuery,
    variables: { id },
    requestPolicy: "network-only",
  });
  if (error && !data) return <ErrorNotice reason={reasonOf(error)} onRetry={read} />;
  if (!data) return <Skeleton height={120} m="md" width="auto" />;
  if (!data.prompt) return <MissingPage noun="prompt" />;
  return <PromptEditor key={id} prompt={data.prompt} />;
}
