import { formatEnum, formatFraction } from "../../kit/format.ts";
import { Difference } from "../../kit/text_difference.tsx";
import { DeliveryStatusBadge } from "../../deliveries/delivery_status.tsx";
import { PageLink } from "../../kit/links.tsx";
import { Rating } from "./rating.tsx";
import type { Suggestion, ThreadDetail } from "../thread_query.ts";

type Outcome = NonNullable<Suggestion["outcome"]>;

/** Outcome of a suggested reply whose thread is answered, and the state of the answer. */
export function EndedReply({ thread, suggestion }: {
  readonly thread: ThreadDetail;
  readonly suggestion: Suggestion;
}) {
  const { outcome, text, sentText } = suggestion;
  if (!outcome) return null;
  const isEdited = sentText !== null && sentText !== text && text !== "";
  return (
    <div className="reply-head">
      <div className="reply-line">
        <span role="status" className="reply-line">
          <h2>{titleOf(outcome)}</h2>
          <SentState thread={thread} />
        </span>
        <span className="reply-rating">
          <Rating suggestion={suggestion} />
        </span>
      </div>
      {outcome.similarity !== null && outcome.kind !== "SENT_AS_IT_WAS" && text !== "" && (
        <p className="dimmed">
          {formatFraction(outcome.similarity)} of the suggested text was sent unchanged.
        </p>
      )}
      {outcome.shortcomings.length > 0 && (
        <p>Shortcomings: {outcome.shortcomings.map(formatEnum).join(", ")}</p>
      )}
      {isEdited && (
        <section aria-label="Changes to the suggested text" className="reply-changes">
          <Difference before={text} after={sentText} />
        </section>
      )}
      {outcome.kind === "ANSWERED_WITHOUT" && <UnusedText suggestion={suggestion} />}
    </div>
  );
}

function titleOf({ kind }: Outcome): string {
  switch (kind) {
    case "SENT_AS_IT_WAS":
      return "Sent as it was suggested";
    case "EDITED":
      return "Sent with changes";
    default:
      return "Answered without the suggestion";
  }
}

/** State of the mail that answers the thread, if Waybill sent it. */
function SentState({ thread: { emails } }: { readonly thread: ThreadDetail }) {
  const delivery = emails.nodes.findLast(({ direction }) => direction === "OUTBOUND")?.delivery;
  return delivery && (
    <PageLink to={`/deliveries/${delivery.id}`}>
      <DeliveryStatusBadge status={delivery.status} />
    </PageLink>
  );
}

function UnusedText({ suggestion: { text, noDraftReason } }: { readonly suggestion: Suggestion }) {
  if (text === "") return noDraftReason && <p className="dimmed">{noDraftReason}</p>;
  return (
    <details>
      <summary>The suggested text</summary>
      <div className="reply-text">{text}</div>
    </details>
  );
}
