import { Skeleton } from "@mantine/core";
import { Suspense } from "react";
import { Empty } from "../kit/empty.tsx";
import { Figure, Figures } from "../kit/figures.tsx";
import { formatCount, formatMoney } from "../kit/format.ts";
import { lazyPart } from "../kit/lazy_part.ts";
import { ButtonLink } from "../kit/links.tsx";
import type { Bucket } from "../kit/period.ts";
import type { SuggestionQuality } from "./operations.ts";
import { OutcomeShares } from "./outcome_shares.tsx";
import { PromptTable } from "./prompt_table.tsx";
import { formatShare } from "./quality_table.tsx";
import { Ratings } from "./ratings.tsx";
import { ShortcomingShares } from "./shortcoming_shares.tsx";
import { TopicTable } from "./topic_table.tsx";

const QualityCharts = lazyPart(() => import("./quality_charts.tsx"));

/** Outcomes, similarity and shortcomings over a period, by prompt, model and topic, and the ratings. */
export function QualityOfPeriod({ quality, bucket }: {
  readonly quality: SuggestionQuality;
  readonly bucket: Bucket;
}) {
  const { count, ratings } = quality;
  const isRated = ratings.newest.length > 0;
  if (count === 0 && !isRated) {
    return (
      <Empty
        title="No thread with a suggested reply was answered in this period"
        action={<ButtonLink to="/inbox" variant="default">Open the inbox</ButtonLink>}
      >
        Each suggestion is compared with the reply that was sent: how much of its text was kept, and
        how it fell short. Answer a thread in the inbox, or choose a longer period.
      </Empty>
    );
  }
  return (
    <>
      <Summary quality={quality} />
      {count > 0 && <Measured quality={quality} bucket={bucket} />}
      {isRated && <Ratings rated={ratings.newest} totals={ratings.totals} />}
    </>
  );
}

function Summary({ quality }: { readonly quality: SuggestionQuality }) {
  const { count, sentAsItWasFraction, meanSimilarity, cost, ratings: { totals } } = quality;
  return (
    <Figures className="quality-figures">
      <Figure label="Answered threads">{formatCount(count)}</Figure>
      <Figure label="Sent as suggested">{formatShare(sentAsItWasFraction)}</Figure>
      <Figure label="Mean similarity">{formatShare(meanSimilarity)}</Figure>
      <Figure label="Cost">{formatMoney(cost)}</Figure>
      <Figure label="Rated good">{formatCount(totals.good)}</Figure>
      <Figure label="Rated bad">{formatCount(totals.bad)}</Figure>
    </Figures>
  );
}

function Measured({ quality, bucket }: {
  readonly quality: SuggestionQuality;
  readonly bucket: Bucket;
}) {
  const { count, outcomes, shortcomings, series, byPrompt, byTopic } = quality;
  return (
    <>
      <Suspense fallback={<Skeleton height={240} />}>
        <QualityCharts points={series} bucket={bucket} />
      </Suspense>
      <div className="analytics-parts">
        <section>
          <h3>Outcomes</h3>
          <OutcomeShares outcomes={outcomes} count={count} />
        </section>
        <section>
          <h3>Shortcomings</h3>
          <ShortcomingShares shortcomings={shortcomings} count={count} />
        </section>
      </div>
      <h3>By prompt version and model</h3>
      <PromptTable prompts={byPrompt} />
      <h3>By topic</h3>
      <TopicTable topics={byTopic} />
    </>
  );
}
