import { IconStarFilled } from "@tabler/icons-react";
import type { Column } from "../kit/list.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { DraftMark } from "./draft_mark.tsx";
import { partyOf, subjectOf, type ThreadRow } from "./thread_fields.ts";
import { SuggestionState } from "./suggestion_state.tsx";
import { AnsweredState } from "./answered_state.tsx";

/** Columns of the list of threads. */
export const THREAD_COLUMNS: readonly Column<ThreadRow>[] = [
  {
    header: "From",
    width: "minmax(8rem, 1fr)",
    cell: (thread) => (
      <span className={thread.answered ? "thread-party" : "thread-party unanswered"}>
        <span title={thread.contactEmail}>{partyOf(thread)}</span>
        {thread.contact?.vip && <IconStarFilled size={13} aria-label="important" />}
        <DraftMark threadId={thread.id} />
      </span>
    ),
  },
  {
    header: "Subject",
    width: "minmax(9rem, 1.6fr)",
    cell: (thread) => (
      <span className={thread.answered ? "dimmed" : undefined} title={thread.subject}>
        {subjectOf(thread)}
      </span>
    ),
  },
  {
    header: "State",
    width: "8rem",
    secondary: true,
    cell: ({ answered }) => <AnsweredState answered={answered} />,
  },
  {
    header: "Suggestion",
    width: "8rem",
    cell: ({ suggestion }) => suggestion && <SuggestionState suggestion={suggestion} />,
  },
  {
    header: "Last mail",
    width: "6rem",
    numeric: true,
    cell: ({ lastMessageAt }) => <RelativeTime at={lastMessageAt} />,
  },
];
