import { SegmentedControl } from "@mantine/core";
import { formatMoney } from "../../kit/format.ts";
import { Id } from "../../kit/links.tsx";
import { useUrlState } from "../../kit/url_state.ts";
import { ErrorNotice } from "../../kit/error_notice.tsx";
import { SideBySide } from "../../kit/text_difference.tsx";
import type { TrialDetail, TrialResult } from "./operations.ts";
import { similarityText } from "./trial_state.tsx";

/** Answers of a trial beside the stored ones. */
export function TrialResults({ trial }: { readonly trial: TrialDetail }) {
  const [{ order }, setState] = useUrlState();
  const finished = trial.results.nodes.filter(({ finishedAt }) => finishedAt !== null);
  const shown = order === "different" ? finished.toSorted(byDifference) : finished;
  if (finished.length === 0) return null;
  return (
    <section aria-label="Answers" className="trial-answers">
      <SegmentedControl
        size="xs"
        aria-label="Order"
        value={order ?? "newest"}
        onChange={(value) => setState({ order: value === "newest" ? undefined : value })}
        data={[
          { value: "newest", label: "Newest first" },
          { value: "different", label: "Most different first" },
        ]}
      />
      {shown.map((result) => (
        <Answer
          key={trial.results.nodes.indexOf(result)}
          result={result}
          version={trial.prompt.version}
        />
      ))}
    </section>
  );
}

// Failed answers first, because they are the largest difference.
function byDifference(a: TrialResult, b: TrialResult): number {
  return (a.similarity ?? -1) - (b.similarity ?? -1);
}

function Answer({ result, version }: {
  readonly result: TrialResult;
  readonly version: number;
}) {
  const { subject, before, after, similarity, cost, error } = result;
  return (
    <article className="trial-answer">
      <header>
        {subject ? <Id id={subject.id} /> : <span className="dimmed">deleted</span>}
        <strong className="numbers">
          {before !== null && before === after ? "The same answer" : similarityText(similarity)}
        </strong>
        {cost && <span className="dimmed numbers">{formatMoney(cost)}</span>}
      </header>
      {error && <ErrorNotice reason={error.message} />}
      {before !== null && after !== null && before !== after && (
        <SideBySide
          before={before}
          after={after}
          titles={["Stored answer", `Version ${version}`]}
        />
      )}
    </article>
  );
}
