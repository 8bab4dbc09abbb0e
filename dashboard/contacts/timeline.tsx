import { useContext } from "react";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { Empty } from "../kit/empty.tsx";
import { IdPagesContext, PageLink } from "../kit/links.tsx";
import { type Column, List } from "../kit/list.tsx";
import { liveListOf, useLiveList } from "../kit/live_list.ts";
import { RelativeTime } from "../kit/relative_time.tsx";
import { type TimelinePage, TimelineQuery, TimelineUpdated } from "./operations.ts";

type Entry = TimelinePage["edges"][number]["node"];
type EntryRow = Entry & { readonly id: string };

const TIMELINE = liveListOf({
  query: TimelineQuery,
  page: ({ contact }) => ({
    totalCount: contact?.timeline.totalCount ?? 0,
    pageInfo: contact?.timeline.pageInfo ?? { hasNextPage: false, endCursor: null },
    // An entry has no id of its own, but its place in the list is unique.
    nodes: contact?.timeline.edges.map(({ cursor, node }) => ({ ...node, id: cursor })) ?? [],
  }),
  subscription: TimelineUpdated,
  // An event of a delivery may stand for several entries, so that the list is read again.
  changes: () => ({ reset: true, changed: [], removedIds: [] }),
});

const COLUMNS: readonly Column<EntryRow>[] = [
  { header: "When", width: "6.5rem", cell: ({ at }) => <RelativeTime at={at} /> },
  { header: "Event", width: "minmax(10rem, 1fr)", cell: (entry) => <EntryText entry={entry} /> },
];

/** Timeline of a contact, latest event first. */
export function Timeline({ id }: { readonly id: string }) {
  const list = useLiveList(TIMELINE, { id });
  return (
    <>
      <div className="timeline-head">
        <h3>Timeline</h3>
        <CopyGraphQL operation={TimelineQuery} variables={{ id, first: 50 }} />
      </div>
      <List
        label="Timeline"
        list={list}
        columns={COLUMNS}
        empty={<Empty title="Nothing yet">Mails, attempts and suppressions appear here.</Empty>}
      />
    </>
  );
}

function EntryText({ entry: { text, subject } }: { readonly entry: Entry }) {
  const pages = useContext(IdPagesContext);
  const page = subject && subject.__typename !== "Contact" &&
    pages[subject.id.slice(0, subject.id.indexOf("_"))];
  return page
    ? <PageLink to={page(subject.id)} title={text}>{text}</PageLink>
    : <span title={text}>{text}</span>;
}
