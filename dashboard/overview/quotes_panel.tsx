import { formatCount, formatFraction, formatNumberOf } from "../kit/format.ts";
import { PageLink } from "../kit/links.tsx";
import { Panel } from "../kit/panel.tsx";
import type { UrlState } from "../kit/url_state.ts";
import { quoteStatusLabel } from "../quotes/quote_status.tsx";
import type { Overview } from "./operations.ts";

/** Quotes by state, and their mails. Each number leads to what it counts. Nothing while there are no quotes. */
export function QuotesPanel({ quotes }: { readonly quotes: Overview["quotes"] }) {
  const { byStatus, customerSent, customerFailed, adminSent, adminFailed } = quotes;
  const { needRetry, retrySuccessFraction } = quotes;
  if (byStatus.every(({ count }) => count === 0)) return null;
  return (
    <Panel title="Quotes" link={{ to: "/quotes", text: "All quotes" }}>
      <ul className="panel-rows">
        {byStatus.map(({ status, count }) => (
          <li key={status} className="count-row">
            <span>{quoteStatusLabel(status)}</span>
            <Count count={count} search={{ status }} isFault={status === "AI_ERROR"} />
          </li>
        ))}
      </ul>
      <h3>Mails</h3>
      <ul className="panel-rows">
        <Mails label="To customers" sent={customerSent} failed={customerFailed} view="customer" />
        <Mails label="To the admin" sent={adminSent} failed={adminFailed} view="admin" />
      </ul>
      {needRetry > 0 && (
        <p className="dimmed">
          {formatNumberOf(needRetry, "failed mail")} can be retried.
          {retrySuccessFraction !== null &&
            ` ${formatFraction(retrySuccessFraction)} of retried mails were sent.`}
        </p>
      )}
    </Panel>
  );
}

function Mails({ label, sent, failed, view }: {
  readonly label: string;
  readonly sent: number;
  readonly failed: number;
  readonly view: string;
}) {
  return (
    <li className="count-row">
      <span>
        {label} <span className="dimmed numbers">{formatCount(sent)} sent</span>
      </span>
      <span>
        <Count count={failed} search={{ view }} isFault /> <span className="dimmed">failed</span>
      </span>
    </li>
  );
}

function Count({ count, search, isFault }: {
  readonly count: number;
  readonly search: UrlState;
  readonly isFault: boolean;
}) {
  return (
    <PageLink
      to="/quotes"
      search={search}
      className={`numbers ${isFault && count > 0 ? "tone-person" : ""}`}
    >
      {formatCount(count)}
    </PageLink>
  );
}
