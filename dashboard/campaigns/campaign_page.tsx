import { Skeleton } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { useQuery, useSubscription } from "urql";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { formatExact } from "../kit/format.ts";
import { Id, PageLink } from "../kit/links.tsx";
import { PageHead } from "../kit/page_head.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { MessageProgress } from "../messages/message_progress.tsx";
import { MissingPage } from "../shell/missing_page.tsx";
import { CampaignActions } from "./campaign_actions.tsx";
import { CampaignFigures } from "./campaign_figures.tsx";
import { CampaignPreview } from "./campaign_preview.tsx";
import { CampaignState } from "./campaign_state.tsx";
import { CampaignChanged, type CampaignDetail, CampaignQuery } from "./operations.ts";

/** Page of a campaign: its state, figures, actions and content. */
export default function CampaignPage() {
  const { id = "" } = useParams({ strict: false });
  return <OpenCampaign key={id} id={id} />;
}

function OpenCampaign({ id }: { readonly id: string }) {
  const [{ data, error }, read] = useQuery({ query: CampaignQuery, variables: { id } });
  const messageId = data?.campaign?.message?.id ?? null;
  const [{ data: change }] = useSubscription({
    query: CampaignChanged,
    variables: { messageId: messageId ?? "" },
    pause: messageId === null,
  });
  // The figures of the campaign are those of its message, which has events.
  useEffect(() => {
    if (change) read({ requestPolicy: "network-only" });
  }, [change, read]);
  if (error && !data) return <ErrorNotice reason={reasonOf(error)} onRetry={read} />;
  if (!data) return <Skeleton height={120} m="md" width="auto" />;
  if (!data.campaign) return <MissingPage noun="campaign" />;
  return <Campaign campaign={data.campaign} />;
}

function Campaign({ campaign }: { readonly campaign: CampaignDetail }) {
  const { id, name, type, sendAt, timezone, stats, message, createdAt, content } = campaign;
  return (
    <>
      <div className="message-head">
        <PageHead title={name}>
          <CampaignActions campaign={campaign} />
        </PageHead>
        <div className="message-state">
          <CampaignState campaign={campaign} />
          <MessageProgress stats={stats} />
          <span className="dimmed">
            {type} · created <RelativeTime at={createdAt} />
          </span>
          <Id id={id} />
        </div>
        <div className="message-state">
          <span className="dimmed">
            {sendAt
              ? (
                <>
                  Sends <RelativeTime at={sendAt} />, at {formatExact(sendAt)}
                  {timezone && ` (given in ${timezone})`}. {lateText(campaign)}
                </>
              )
              : "Sends when a contact signs up."}
          </span>
        </div>
        <CampaignFigures stats={stats} />
      </div>
      <div className="page">
        {message && (
          <p>
            <PageLink to={`/messages/${message.id}`}>Recipients, failures and analytics</PageLink>
          </p>
        )}
        <CampaignPreview content={content} />
      </div>
    </>
  );
}

function lateText({ sendToLateContacts }: CampaignDetail): string {
  return sendToLateContacts
    ? "Contacts that are added later get it, too."
    : "Contacts that are added later do not get it.";
}
