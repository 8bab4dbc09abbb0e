import { formatEnum } from "../kit/format.ts";
import type { SuggestionQuality } from "./operations.ts";
import { Shares } from "./shares.tsx";

type Shortcomings = SuggestionQuality["shortcomings"];

const MEANINGS: Readonly<Record<Shortcomings[number]["shortcoming"], string>> = {
  MISSING_FACT: "The reply states a fact that the suggestion did not.",
  WRONG_FACT: "The suggestion stated something that the reply corrects.",
  WRONG_COMMITMENT: "The suggestion promised something that the reply does not.",
  TOO_LONG: "The reply is shorter by a third or more.",
  WRONG_TONE: "The reply says the same in another tone.",
  REWRITTEN_WHOLE: "Less than 30% of the suggestion is left in the reply.",
};

/** Shortcomings of suggested replies as bars, most frequent first. */
export function ShortcomingShares({ shortcomings, count }: {
  readonly shortcomings: Shortcomings;
  /** Number of all suggestions. */
  readonly count: number;
}) {
  if (shortcomings.length === 0) {
    return (
      <p className="dimmed">
        None. After an edit, the model compares the suggestion with the reply that was sent.
      </p>
    );
  }
  const shares = shortcomings.map(({ shortcoming, count }) => ({
    label: formatEnum(shortcoming),
    tone: "patience" as const,
    count,
    meaning: MEANINGS[shortcoming],
  }));
  return <Shares shares={shares} total={count} />;
}
