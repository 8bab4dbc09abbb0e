import { Button, Group, Modal, Stack } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useQuery } from "urql";
import { Failure, graphql, type ResultOf } from "../api/graphql.ts";
import { type BulkOffer, StartBulkActionDialog } from "../bulk_actions/start/start_dialog.tsx";
import { isFailure, useAction } from "../kit/action.ts";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { formatCount, formatNumberOf } from "../kit/format.ts";
import { JobFields } from "./job_fields.ts";
import type { JobFilter } from "./job_filter.ts";

const CountQuery = graphql(`
  query FailedJobCount($filter: JobFilter) {
    jobs(filter: $filter, first: 1) { totalCount }
  }
`);

const RetryJobs = graphql(
  `
  mutation RetryJobs($input: RetryJobsInput!) {
    retryJobs(input: $input) {
      __typename
      ... on RetryJobsPayload { jobCount jobs { ...JobFields } skipped { reason count } hasMore }
      ...Failure
    }
  }
`,
  [JobFields, Failure],
);

type Result = Extract<
  ResultOf<typeof RetryJobs>["retryJobs"],
  { __typename: "RetryJobsPayload" }
>;

// Limit of one call of `retryJobs`.
const MAX_PER_CALL = 1_000;

/** Button that retries all FAILED jobs of a filter, at once or in stages, and asks first with their number. */
export function RetryMatching({ filter, count }: {
  readonly filter: JobFilter;
  /** Number of FAILED jobs, if the list knows it. */
  readonly count: number | null;
}) {
  const navigate = useNavigate();
  const [opened, setOpened] = useState(false);
  const [offer, setOffer] = useState<BulkOffer | null>(null);
  const failed = { ...filter, statuses: ["FAILED" as const] };
  if (filter.statuses && !filter.statuses.includes("FAILED")) return null;
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconRefresh size={16} />}
        onClick={() => setOpened(true)}
      >
        Retry failed{count === null ? "" : ` (${formatCount(count)})`} …
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title="Retry the failed jobs that match"
        centered
      >
        <RetryDialog
          filter={failed}
          onClose={() => setOpened(false)}
          onStages={() => {
            setOpened(false);
            setOffer({
              title: "Retry the failed jobs that match in stages",
              target: { action: "RETRY", jobs: { filter: failed } },
            });
          }}
        />
      </Modal>
      <StartBulkActionDialog
        offer={offer}
        onClose={() => setOffer(null)}
        onStarted={(id) => navigate({ to: `/bulk-actions/${id}` })}
      />
    </>
  );
}

function RetryDialog({ filter, onClose, onStages }: {
  readonly filter: JobFilter;
  readonly onClose: () => void;
  /** Offers to retry the jobs in stages instead. */
  readonly onStages: () => void;
}) {
  const [{ data, error }, read] = useQuery({
    query: CountQuery,
    variables: { filter },
    requestPolicy: "network-only",
  });
  const retry = useAction(RetryJobs, (result) => result.retryJobs);
  const [result, setResult] = useState<Result | null>(null);
  const count = data?.jobs.totalCount;
  const next = Math.min(count ?? MAX_PER_CALL, MAX_PER_CALL);
  const done = count === 0 || (result && !result.hasMore);

  async function run() {
    const answer = await retry.run({ input: { filter } });
    if (isFailure(answer)) return;
    setResult(answer);
    if (answer.hasMore) read({ requestPolicy: "network-only" });
  }

  return (
    <Stack>
      {error && !data && <ErrorNotice reason={reasonOf(error)} onRetry={read} />}
      {!result && data && <p>{explain(count ?? null)}</p>}
      <div role="status">{result && <Outcome result={result} />}</div>
      {retry.failure && <ErrorNotice reason={retry.failure.reason} />}
      <Group justify="flex-end">
        <CopyGraphQL operation={RetryJobs} variables={{ input: { filter } }} />
        <Button variant={done ? "filled" : "default"} onClick={onClose} data-autofocus>
          {done ? "Close" : "Back"}
        </Button>
        {data && !done && !result && (
          <Button variant="default" onClick={onStages}>In stages …</Button>
        )}
        {data && !done && (
          <Button loading={retry.running} onClick={run}>
            {result ? "Retry the next" : "Retry"} {formatCount(next)}
          </Button>
        )}
      </Group>
    </Stack>
  );
}

function explain(count: number | null): string {
  if (count === 0) return "No failed job matches the filter, so there is nothing to retry.";
  const number = count === null ? "More than 10,000 failed jobs" : formatNumberOf(
    count,
    "failed job",
  );
  const limit = count === null || count > MAX_PER_CALL
    ? ` One call takes the newest ${formatCount(MAX_PER_CALL)}.`
    : "";
  return `${number} ${
    count === 1 ? "matches" : "match"
  } the filter. They run again from attempt 1; ` +
    `results so far are kept.${limit}`;
}

function Outcome({ result: { jobCount, skipped, hasMore } }: { readonly result: Result }) {
  return (
    <>
      <strong>{formatNumberOf(jobCount, "job")} queued.</strong>
      {skipped.length > 0 && (
        <ul className="skipped">
          {skipped.map(({ reason, count }) => (
            <li key={reason}>{formatCount(count)} not retried: {reason}</li>
          ))}
        </ul>
      )}
      {hasMore && <div>More failed jobs match.</div>}
    </>
  );
}
