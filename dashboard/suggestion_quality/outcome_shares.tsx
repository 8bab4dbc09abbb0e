import type { SuggestionQuality } from "./operations.ts";
import { Shares } from "./shares.tsx";

/** Outcomes of answered threads, best first. */
export const OUTCOMES = {
  SENT_AS_IT_WAS: {
    label: "Sent as suggested",
    tone: "done",
    meaning: "The suggestion was sent without a change.",
  },
  EDITED: {
    label: "Edited",
    tone: "run",
    meaning: "A person changed the suggestion and sent it.",
  },
  ANSWERED_WITHOUT: {
    label: "Answered without",
    tone: "patience",
    meaning: "The thread was answered with another text.",
  },
} as const;

/** Outcomes of suggested replies as bars, best first. */
export function OutcomeShares({ outcomes, count }: {
  readonly outcomes: SuggestionQuality["outcomes"];
  /** Number of all suggestions. */
  readonly count: number;
}) {
  const shares = Object.entries(OUTCOMES).map(([name, look]) => ({
    ...look,
    count: outcomes.find(({ outcome }) => outcome === name)?.count ?? 0,
  }));
  return <Shares shares={shares} total={count} />;
}
