import { type ChangeObject, diffLines, diffWordsWithSpace } from "diff";
import { useMemo } from "react";

/** Part of a text that is the same, or only in one of two texts. */
type Change = ChangeObject<string>;

// Long texts without much in common are compared by line, because a page must not stop for seconds.
const WORDS_MS = 200;
/** Lines shown before and after a change. */
const CONTEXT_LINES = 3;

function changesOf(before: string, after: string): Change[] {
  return diffWordsWithSpace(before, after, { timeout: WORDS_MS }) ?? diffLines(before, after);
}

/** Two texts in one: removed parts struck through, added ones underlined. */
export function Difference({ before, after }: {
  readonly before: string;
  readonly after: string;
}) {
  const changes = useMemo(() => changesOf(before, after), [before, after]);
  if (before === after) return <p className="dimmed">The texts are the same.</p>;
  return <pre className="text-block" tabIndex={0}>{changes.map(partOf)}</pre>;
}

/** Two texts beside each other: removed parts are marked in the first, added ones in the second. */
export function SideBySide({ before, after, titles: [first, second] }: {
  readonly before: string;
  readonly after: string;
  readonly titles: readonly [before: string, after: string];
}) {
  const changes = useMemo(() => changesOf(before, after), [before, after]);
  return (
    <div className="side-by-side">
      <section aria-label={first}>
        <h4>{first}</h4>
        <pre className="text-block" tabIndex={0}>
          {changes.filter(({ added }) => !added).map(markedPart)}
        </pre>
      </section>
      <section aria-label={second}>
        <h4>{second}</h4>
        <pre className="text-block" tabIndex={0}>
          {changes.filter(({ removed }) => !removed).map(markedPart)}
        </pre>
      </section>
    </div>
  );
}

function markedPart({ value, added, removed }: Change, n: number) {
  if (added) return <ins key={n}>{value}</ins>;
  return removed ? <del key={n}>{value}</del> : <span key={n}>{value}</span>;
}

function partOf(change: Change, n: number) {
  const isUnchanged = !change.added && !change.removed;
  return isUnchanged ? <Unchanged key={n} text={change.value} /> : markedPart(change, n);
}

/** Text without a change; of many lines only the first and the last ones are shown. */
function Unchanged({ text }: { readonly text: string }) {
  const lines = text.split("\n");
  const hidden = lines.length - 2 * CONTEXT_LINES;
  if (hidden < CONTEXT_LINES) return <span>{text}</span>;
  return (
    <>
      <span>{lines.slice(0, CONTEXT_LINES).join("\n")}</span>
      <span className="dimmed">{`\n⋯ ${hidden} lines without a change ⋯\n`}</span>
      <span>{lines.slice(-CONTEXT_LINES).join("\n")}</span>
    </>
  );
}
