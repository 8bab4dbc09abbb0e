import { IconThumbDown, IconThumbUp } from "@tabler/icons-react";
import { formatNumberOf } from "../kit/format.ts";
import { PageLink } from "../kit/links.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { Status } from "../kit/status.tsx";
import type { RatedSuggestion, SuggestionQuality } from "./operations.ts";
import { OUTCOMES } from "./outcome_shares.tsx";

/** Ratings of suggested replies with their comments, newest first. */
export function Ratings({ rated, totals: { good, bad } }: {
  readonly rated: readonly RatedSuggestion[];
  readonly totals: SuggestionQuality["ratings"]["totals"];
}) {
  return (
    <section aria-label="Ratings">
      <h3>Ratings</h3>
      <ul className="ratings">
        {rated.map((suggestion) => <RatingItem key={suggestion.id} suggestion={suggestion} />)}
      </ul>
      {good + bad > rated.length && (
        <p className="dimmed">
          The newest {rated.length} of {formatNumberOf(good + bad, "rating")} are shown.
        </p>
      )}
    </section>
  );
}

function RatingItem({ suggestion }: { readonly suggestion: RatedSuggestion }) {
  const { rating, outcome, thread, promptVersion, model } = suggestion;
  if (!rating) return null;
  return (
    <li>
      <div className="rating-line">
        {rating.good
          ? <Status tone="done" icon={IconThumbUp}>Good</Status>
          : <Status tone="patience" icon={IconThumbDown}>Bad</Status>}
        <PageLink to={`/inbox/${thread.id}`} search={{ view: "all" }}>
          {thread.subject || "(no subject)"}
        </PageLink>
        <span className="dimmed">
          {[
            thread.contactEmail,
            outcome && outcome.kind !== "UNUSED" && OUTCOMES[outcome.kind].label,
            promptVersion !== null && `prompt version ${promptVersion}`,
            model,
          ].filter(Boolean).join(" · ")} · <RelativeTime at={rating.at} />
        </span>
      </div>
      {rating.comment && <blockquote>{rating.comment}</blockquote>}
    </li>
  );
}
