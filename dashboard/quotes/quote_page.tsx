import { Skeleton } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { useQuery, useSubscription } from "urql";
import { Copy } from "../kit/copy.tsx";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { Id } from "../kit/links.tsx";
import { PageHead } from "../kit/page_head.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { MissingPage } from "../shell/missing_page.tsx";
import { useIsAdmin } from "../shell/viewer.tsx";
import { EstimateTable } from "./estimate_table.tsx";
import { QuoteActions } from "./quote_actions.tsx";
import { type QuoteDetail, QuoteQuery, QuoteUpdated } from "./quote_fields.ts";
import { QuoteHistory } from "./quote_history.tsx";
import { QuoteImages } from "./quote_images.tsx";
import { QuoteLock } from "./quote_lock.tsx";
import { QuoteMails } from "./quote_mails.tsx";
import { QuoteStatusBadge } from "./quote_status.tsx";

/** Page of a quote: request, images, estimate, mails and history, all live. */
export default function QuotePage() {
  const { id = "" } = useParams({ strict: false });
  return <OpenQuote key={id} id={id} />;
}

function OpenQuote({ id }: { readonly id: string }) {
  const [{ data, error }, read] = useQuery({ query: QuoteQuery, variables: { id } });
  const quote = data?.quote;
  useSubscription({
    query: QuoteUpdated,
    variables: { filter: { ids: [id] } },
    pause: quote == null,
  });
  if (error && !data) return <ErrorNotice reason={reasonOf(error)} onRetry={read} />;
  if (!data) return <Skeleton height={120} m="md" width="auto" />;
  if (!quote) return <MissingPage noun="quote" />;
  return <Quote quote={quote} />;
}

function Quote({ quote }: { readonly quote: QuoteDetail }) {
  const isAdmin = useIsAdmin();
  const { customer, estimate, error } = quote;
  return (
    <>
      <PageHead title={customer.name || customer.email}>
        {isAdmin && <QuoteActions quote={quote} />}
      </PageHead>
      <div className="message-state">
        <QuoteStatusBadge quote={quote} />
        <span>
          {customer.email} <Copy value={customer.email} label="address" />
        </span>
        <span className="dimmed">
          created <RelativeTime at={quote.createdAt} />
        </span>
        <Id id={quote.id} />
      </div>
      <div className="page">
        <QuoteLock lock={quote.processingLock} />
        {error && <ErrorNotice title="The model made no estimate" reason={error.message} />}
        <h2>Request</h2>
        <p className="quote-text">{quote.request}</p>
        <QuoteImages images={quote.images} />
        <h2>Estimate</h2>
        {estimate
          ? <EstimateTable estimate={estimate} />
          : <p className="quote-text dimmed">{WITHOUT_ESTIMATE[quote.status]}</p>}
        <QuoteMails quote={quote} />
        <QuoteHistory quote={quote} />
      </div>
    </>
  );
}

const WITHOUT_ESTIMATE: Readonly<Record<QuoteDetail["status"], string>> = {
  PENDING: "The request is pending. The oldest pending ones are processed every 5 minutes.",
  AI_PROCESSING: "There is none until the job that asks the model has ended.",
  AI_QUOTED: "The estimate is not there.",
  AI_ERROR: "The model made none. Process the quote again once the cause is removed.",
};
