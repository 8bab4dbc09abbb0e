import { Button, Table } from "@mantine/core";
import { useEffect, useState } from "react";
import { useQuery } from "urql";
import { graphql, type ResultOf } from "../api/graphql.ts";
import { formatJobError } from "../jobs/job_error.tsx";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { formatElapsed, formatNumberOf } from "../kit/format.ts";
import { Id } from "../kit/links.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { FireOutcomeStatus } from "./fire_outcome.tsx";

const FiresQuery = graphql(`
  query ScheduleFires($id: ID!, $first: Int!) {
    schedule(id: $id) {
      id
      fires(first: $first) {
        nodes {
          nominalAt
          firedAt
          finishedAt
          manual
          startedBy
          outcome
          processedCount
          recipientCount
          batchCount
          error { type code message }
          job { id }
        }
        pageInfo { hasNextPage }
      }
    }
  }
`);

type Fire = NonNullable<ResultOf<typeof FiresQuery>["schedule"]>["fires"]["nodes"][number];

const PAGE = 20;
const MAX = 200;

/** Fires of a schedule, latest first, with their outcomes and what their jobs did. */
export function FireHistory({ id, version }: {
  readonly id: string;
  /** A change of it reads the history again. */
  readonly version: string;
}) {
  const [first, setFirst] = useState(PAGE);
  const [{ data, error }, read] = useQuery({ query: FiresQuery, variables: { id, first } });
  useEffect(() => read({ requestPolicy: "network-only" }), [version, read]);
  if (error && !data) return <ErrorNotice reason={reasonOf(error)} onRetry={read} />;
  const fires = data?.schedule?.fires;
  return (
    <section aria-label="History">
      <h3>History</h3>
      {fires?.nodes.length === 0 && <p className="dimmed">It has not run yet.</p>}
      {fires && fires.nodes.length > 0 && (
        <Table.ScrollContainer minWidth={560}>
          <Table verticalSpacing={4}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>When</Table.Th>
                <Table.Th>Outcome</Table.Th>
                <Table.Th>Did</Table.Th>
                <Table.Th className="numeric">Took</Table.Th>
                <Table.Th>Job</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {fires.nodes.map((fire) => <FireRow key={fire.nominalAt} fire={fire} />)}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {fires?.pageInfo.hasNextPage && first < MAX && (
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => setFirst(MAX)}
        >
          Show up to {MAX}
        </Button>
      )}
    </section>
  );
}

function FireRow({ fire }: { readonly fire: Fire }) {
  const { firedAt, outcome, error, job, manual, startedBy } = fire;
  return (
    <Table.Tr>
      <Table.Td>
        <RelativeTime at={firedAt} />
        {manual && <div className="dimmed">run {startedBy ? `by ${startedBy}` : "by hand"}</div>}
      </Table.Td>
      <Table.Td>
        <FireOutcomeStatus outcome={outcome} />
        {error && <div>{formatJobError(error)}</div>}
      </Table.Td>
      <Table.Td>{workOf(fire)}</Table.Td>
      <Table.Td className="numeric">{tookOf(fire)}</Table.Td>
      <Table.Td>{job && <Id id={job.id} />}</Table.Td>
    </Table.Tr>
  );
}

function workOf({ processedCount, recipientCount, batchCount, outcome }: Fire): string {
  if (outcome === "SKIPPED") return "the job before was unfinished";
  if (processedCount === null) return "";
  if (recipientCount === null) return formatNumberOf(processedCount, "item");
  return [
    formatNumberOf(processedCount, "message"),
    formatNumberOf(recipientCount, "recipient"),
    ...batchCount === null ? [] : [formatNumberOf(batchCount, "batch", "batches")],
  ].join(", ");
}

function tookOf({ firedAt, finishedAt }: Fire): string {
  if (finishedAt === null) return "";
  return formatElapsed(new Date(finishedAt).getTime() - new Date(firedAt).getTime());
}
