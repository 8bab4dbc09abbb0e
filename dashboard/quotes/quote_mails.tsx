import type { ReactNode } from "react";
import type { DeliveryStatus } from "../deliveries/delivery_fields.ts";
import { DeliveryStatusBadge } from "../deliveries/delivery_status.tsx";
import { ERROR_TYPES } from "../deliveries/error_types.ts";
import { formatError } from "../deliveries/error_text.tsx";
import { Copy } from "../kit/copy.tsx";
import { formatCount } from "../kit/format.ts";
import { PageLink } from "../kit/links.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { useIsAdmin, useViewer } from "../shell/viewer.tsx";
import { RetryMail } from "./retry_mail.tsx";
import type { QuoteDetail, QuoteMail } from "./quote_fields.ts";

const RETRIED_STATUSES: readonly DeliveryStatus[] = ["FAILED", "BOUNCED"];

/** The two mails of a quote, each with its error and a button to send it again. */
export function QuoteMails({ quote }: { readonly quote: QuoteDetail }) {
  const { id, customerDelivery, adminDelivery, adminSkipped } = quote;
  return (
    <div className="quote-mails">
      <Mail
        title="Mail to the customer"
        mail={customerDelivery}
        empty="It is created with the estimate."
      >
        <RetryMail quoteId={id} type="CUSTOMER" />
      </Mail>
      <Mail
        title="Mail to the admin"
        mail={adminDelivery}
        empty={adminSkipped
          ? <NoAdminAddress reason={adminSkipped} />
          : "It is created with the estimate."}
      >
        <RetryMail quoteId={id} type="ADMIN" />
      </Mail>
    </div>
  );
}

function Mail({ title, mail, empty, children }: {
  readonly title: string;
  readonly mail: QuoteMail | null;
  /** Shown in place of a mail. */
  readonly empty: ReactNode;
  /** Action on a mail that has failed. */
  readonly children: ReactNode;
}) {
  const isAdmin = useIsAdmin();
  return (
    <section className="panel" aria-label={title}>
      <header>
        <h2>{title}</h2>
        {mail && <PageLink to={`/deliveries/${mail.id}`}>Delivery</PageLink>}
      </header>
      {mail ? <MailState mail={mail} /> : <p className="dimmed">{empty}</p>}
      {isAdmin && mail && RETRIED_STATUSES.includes(mail.status) && children}
    </section>
  );
}

function NoAdminAddress({ reason }: { readonly reason: string }) {
  const { role, organization } = useViewer();
  return (
    <>
      {reason}.{" "}
      {role === "ADMIN" && (
        <PageLink to="/organization" underline="always">Set it under Organization</PageLink>
      )}
      {role === "OPERATOR" && (
        <PageLink
          to="/installation"
          underline="always"
          search={{ tab: "organizations", organization: organization.id }}
        >
          Set it under Installation
        </PageLink>
      )}
    </>
  );
}

function MailState(
  { mail: { status, recipient, attemptCount, lastAttemptAt, error, waitingFor } }: {
    readonly mail: QuoteMail;
  },
) {
  return (
    <>
      <div className="quote-mail-line">
        <DeliveryStatusBadge status={status} />
        <span>{recipient.address}</span>
        <span className="dimmed numbers">
          {attemptCount === 1 ? "1 attempt" : `${formatCount(attemptCount)} attempts`}
          {lastAttemptAt && (
            <>
              , last <RelativeTime at={lastAttemptAt} />
            </>
          )}
        </span>
      </div>
      {waitingFor && <p className="dimmed">{waitingFor.text}</p>}
      {error && (
        <div className="delivery-error">
          <code>{formatError(error)}</code> <Copy value={formatError(error)} label="error" />
          <p>{ERROR_TYPES[error.type].meaning} {ERROR_TYPES[error.type].remedy}</p>
        </div>
      )}
    </>
  );
}
