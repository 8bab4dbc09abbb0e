import { Skeleton } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { useQuery } from "urql";
import { ErrorNotice, reasonOf } from "../../kit/error_notice.tsx";
import { MissingPage } from "../../shell/missing_page.tsx";
import { CampaignQuery } from "../operations.ts";
import { draftOf } from "./draft.ts";
import { Editor } from "./editor.tsx";

/** Editor of a campaign. */
export default function EditCampaignPage() {
  const { id = "" } = useParams({ strict: false });
  const [{ data, error }, read] = useQuery({ query: CampaignQuery, variables: { id } });
  if (error && !data) return <ErrorNotice reason={reasonOf(error)} onRetry={read} />;
  if (!data) return <Skeleton height={120} m="md" width="auto" />;
  if (!data.campaign) return <MissingPage noun="campaign" />;
  return <Editor key={id} campaignId={id} first={draftOf(data.campaign)} />;
}
