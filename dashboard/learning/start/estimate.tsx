import type { CombinedError } from "urql";
import { ErrorNotice, reasonOf } from "../../kit/error_notice.tsx";
import { Figure, Figures } from "../../kit/figures.tsx";
import { formatCount, formatMoney } from "../../kit/format.ts";
import type { LearningEstimate } from "../operations.ts";

/** Number of the chosen mails, and the estimated cost of learning from them. */
export function Estimate({ estimate, error, isIncomplete }: {
  /** Undefined while it is counted. */
  readonly estimate: LearningEstimate | undefined;
  readonly error: CombinedError | undefined;
  /** True while no mails are chosen. */
  readonly isIncomplete: boolean;
}) {
  if (error) return <ErrorNotice reason={reasonOf(error)} />;
  const { emailCount, skippedCount, cost } = estimate ?? {};
  const unknown = isIncomplete ? "–" : "…";
  return (
    <section aria-label="Estimate" aria-busy={!estimate && !isIncomplete} className="estimate-box">
      <Figures>
        <Figure label="Chosen mails">
          {emailCount === undefined ? unknown : formatCount(emailCount)}
        </Figure>
        <Figure label="Skipped">
          {skippedCount === undefined ? unknown : formatCount(skippedCount)}
        </Figure>
        <Figure label="Estimated cost">
          {estimate ? cost ? `about ${formatMoney(cost)}` : "not known" : unknown}
        </Figure>
      </Figures>
      {estimate && <p className="dimmed">{noteOf(estimate)}</p>}
    </section>
  );
}

function noteOf({ emailCount, skippedCount, cost }: LearningEstimate): string {
  if (emailCount === 0) {
    return "No mail that a person of the organization has sent matches. Import sent mails first, with " +
      "the addresses that they were sent from.";
  }
  if (emailCount === skippedCount) {
    return "All of them were learned with the same prompt, have no text of their own, or were not " +
      "sent by a person.";
  }
  if (cost === null) {
    return "The cost is known after the first run, if the model has a price.";
  }
  return "From the newest calls with the same prompt. New facts wait for approval.";
}
