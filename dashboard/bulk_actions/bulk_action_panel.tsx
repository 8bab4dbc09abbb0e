import { CloseButton, Group, Skeleton } from "@mantine/core";
import { useQuery, useSubscription } from "urql";
import { graphql } from "../api/graphql.ts";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { Figure, Figures } from "../kit/figures.tsx";
import { formatCount, formatFraction, formatNumberOf, formatRate } from "../kit/format.ts";
import { Id } from "../kit/links.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import type { Tone } from "../kit/tone.ts";
import { AbortBulkAction } from "./abort_bulk_action.tsx";
import { type BulkAction, BulkActionFields } from "./bulk_action_fields.ts";
import { BulkActionProgress, skippedCount } from "./bulk_action_progress.tsx";
import { BulkActionStages } from "./bulk_action_stages.tsx";
import { BULK_VERBS, BulkActionStatus } from "./bulk_action_status.tsx";

const BulkActionQuery = graphql(
  `
  query BulkAction($id: ID!) {
    bulkAction(id: $id) { ...BulkActionFields }
  }
`,
  [BulkActionFields],
);

const BulkActionUpdated = graphql(
  `
  subscription BulkActionUpdated($id: ID!) {
    bulkActionUpdated(id: $id) { ...BulkActionFields }
  }
`,
  [BulkActionFields],
);

/** The bulk action of an id, live. The result's `action` is null if there is none. */
export function useBulkAction(id: string) {
  const [{ data, error }, read] = useQuery({ query: BulkActionQuery, variables: { id } });
  const known = data?.bulkAction != null;
  useSubscription({ query: BulkActionUpdated, variables: { id }, pause: !known });
  return { action: data?.bulkAction, error: data ? undefined : error, read };
}

/** A bulk action inside the page of what it acts on: stage, counts, and abort. */
export function BulkActionPanel({ id, onClose }: {
  readonly id: string;
  /** Hides the panel; the action continues. */
  readonly onClose: () => void;
}) {
  const { action, error, read } = useBulkAction(id);
  if (error) return <ErrorNotice reason={reasonOf(error)} onRetry={read} />;
  if (action === undefined) return <Skeleton height={96} m="md" width="auto" />;
  if (action === null) return null;
  return (
    <section className="bulk-panel" aria-label="Bulk action">
      <Group gap="sm" wrap="nowrap" align="start">
        <Group gap="xs">
          <strong>{BULK_VERBS[action.action]} in stages</strong>
          <BulkActionStatus state={action.state} />
          <Id id={action.id} />
        </Group>
        <Group gap="xs" ml="auto" wrap="nowrap">
          <AbortBulkAction action={action} />
          <CloseButton size="sm" aria-label="Hide this bulk action" onClick={onClose} />
        </Group>
      </Group>
      <BulkActionBody action={action} />
    </section>
  );
}

/** Progress, counts, stages and reasons of a bulk action. */
export function BulkActionBody({ action }: { readonly action: BulkAction }) {
  const { error, skipped, selecting, perSecond, stopAtFailedFraction, startedBy } = action;
  return (
    <>
      <BulkActionProgress action={action} />
      <div className="bulk-state">
        <BulkActionStages action={action} />
        <Counts action={action} />
      </div>
      {error && <ErrorNotice reason={error.message} />}
      {skipped.length > 0 && (
        <ul className="reasons">
          {skipped.map(({ reason, count }) => (
            <li key={reason}>
              <strong className="numbers">{formatCount(count)}</strong> skipped: {reason}
            </li>
          ))}
        </ul>
      )}
      <p className="dimmed bulk-note">
        {selecting ? "Selecting" : "Selected"} {formatNumberOf(action.total, "item")} · started{" "}
        <RelativeTime at={action.createdAt} />
        {startedBy !== null && ` by ${startedBy}`}
        {perSecond !== null && ` · at most ${formatRate(perSecond)}`} · {stopAtFailedFraction < 1
          ? `stops if more than ${formatFraction(stopAtFailedFraction)} of a stage fail again`
          : "does not stop when items fail again"}
        {action.finishedAt !== null && (
          <>
            {" "}· ended <RelativeTime at={action.finishedAt} />
          </>
        )}
      </p>
    </>
  );
}

function Counts({ action }: { readonly action: BulkAction }) {
  const { done, failedAgain, inProgress, state, total } = action;
  const skipped = skippedCount(action);
  const counts: readonly (readonly [label: string, count: number, tone: Tone])[] = [
    ["Done", done, "done"],
    ["Failed again", failedAgain, "person"],
    ["Skipped", skipped, "wait"],
    ["In progress", inProgress, "run"],
    [
      state === "RUNNING" ? "Waiting" : "Left unchanged",
      Math.max(0, total - done - failedAgain - skipped - inProgress),
      "wait",
    ],
  ];
  return (
    <Figures>
      {counts.map(([label, count, tone]) => (
        <Figure key={label} label={label} tone={count > 0 ? tone : undefined}>
          {formatCount(count)}
        </Figure>
      ))}
    </Figures>
  );
}
