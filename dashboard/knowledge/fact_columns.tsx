import { formatCount } from "../kit/format.ts";
import type { Column } from "../kit/list.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import type { FactRow } from "./fact_fields.ts";
import { FactStateBadge } from "./fact_state.tsx";
import { scopeText } from "./scope.ts";

/** Columns of the list of facts. */
export const FACT_COLUMNS: readonly Column<FactRow>[] = [
  {
    header: "Fact",
    width: "minmax(12rem, 1fr)",
    cell: ({ question, answer }) => (
      <span title={`${question}\n${answer}`}>
        {question && <strong>{question}</strong>}
        <span className="fact-answer">{answer}</span>
      </span>
    ),
  },
  { header: "State", width: "7.5rem", cell: ({ state }) => <FactStateBadge state={state} /> },
  {
    header: "Mails",
    width: "3.5rem",
    numeric: true,
    cell: ({ evidenceCount }) => formatCount(evidenceCount),
  },
  {
    header: "Used for",
    width: "10rem",
    secondary: true,
    cell: ({ scope }) => (
      <span className={scope === "all" ? "dimmed" : undefined} title={scope}>
        {scopeText(scope)}
      </span>
    ),
  },
  {
    header: "Since",
    width: "6rem",
    numeric: true,
    secondary: true,
    cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
  },
];
