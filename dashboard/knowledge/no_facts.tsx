import { Empty } from "../kit/empty.tsx";
import { ButtonLink } from "../kit/links.tsx";

/** Shown in place of a list without facts. */
export function NoFacts({ view, isFiltered }: {
  readonly view: string | undefined;
  readonly isFiltered: boolean;
}) {
  if (isFiltered) return <Empty title="No fact matches">Remove a filter to see more.</Empty>;
  if (view === "dismissed") {
    return (
      <Empty title="No fact was dismissed">
        A dismissed fact is used by no suggested reply, and is not proposed again.
      </Empty>
    );
  }
  if (view === undefined) {
    return (
      <Empty
        title="No proposed facts"
        action={<ButtonLink to="/learning">Learn from mails</ButtonLink>}
      >
        Facts are learned from the mails that you have sent, and from your changes to suggested
        replies. They wait here until you approve, correct or dismiss them.
      </Empty>
    );
  }
  return (
    <Empty
      title="No facts yet"
      action={<ButtonLink to="/knowledge">See the proposed facts</ButtonLink>}
    >
      Suggested replies use approved facts first. Approve a proposed fact, or add one.
    </Empty>
  );
}
