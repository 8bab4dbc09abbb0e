import { Skeleton } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { useQuery } from "urql";
import { ErrorNotice, reasonOf } from "../../kit/error_notice.tsx";
import { MissingPage } from "../../shell/missing_page.tsx";
import { TemplateQuery } from "../operations.ts";
import { draftOf } from "./draft.ts";
import { Editor } from "./editor.tsx";

/** Editor of the next version of a template. */
export default function EditTemplatePage() {
  const { id = "" } = useParams({ strict: false });
  const [{ data, error }, read] = useQuery({
    query: TemplateQuery,
    variables: { id },
    requestPolicy: "network-only",
  });
  if (error && !data) return <ErrorNotice reason={reasonOf(error)} onRetry={read} />;
  if (!data) return <Skeleton height={120} m="md" width="auto" />;
  const [latest] = data.template?.versions.nodes ?? [];
  if (!data.template || !latest) return <MissingPage noun="template" />;
  return <Editor key={id} template={data.template} first={draftOf(latest)} />;
}
