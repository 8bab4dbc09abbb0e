import { Skeleton, Table } from "@mantine/core";
import { useEffect } from "react";
import { useQuery } from "urql";
import { graphql } from "../api/graphql.ts";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { formatCount, formatDuration, formatEnum } from "../kit/format.ts";
import { Id } from "../kit/links.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import type { MessageDetail } from "./message_query.ts";

const BatchesQuery = graphql(`
  query Batches($id: ID!) {
    message(id: $id) {
      id
      batches(last: 100) {
        nodes { number round size status startedAt finishedAt job { id } }
        totalCount
      }
    }
  }
`);

/** Batches of up to 100 recipients, the latest first. */
export default function BatchesTab({ message }: { readonly message: MessageDetail }) {
  const [{ data, error }, read] = useQuery({
    query: BatchesQuery,
    variables: { id: message.id },
  });
  const { status, retry: { rounds } } = message;
  useEffect(() => read({ requestPolicy: "network-only" }), [read, status, rounds]);
  if (error && !data) return <ErrorNotice reason={reasonOf(error)} onRetry={read} />;
  const batches = data?.message?.batches;
  if (!batches) return <Skeleton height={80} m="md" width="auto" />;
  return (
    <div className="page">
      <p className="dimmed">
        A batch has up to 100 recipients and is sent by one job. A retry makes new batches.
        {batches.totalCount !== null && batches.totalCount > batches.nodes.length &&
          ` The latest ${batches.nodes.length} of ${formatCount(batches.totalCount)} are shown.`}
      </p>
      <Table.ScrollContainer minWidth={520}>
        <Table verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th className="numeric">Batch</Table.Th>
              <Table.Th className="numeric">Round</Table.Th>
              <Table.Th className="numeric">Recipients</Table.Th>
              <Table.Th>Status</Table.Th>
              <Table.Th>Started</Table.Th>
              <Table.Th className="numeric">Took</Table.Th>
              <Table.Th>Job</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {batches.nodes.toReversed().map((batch) => (
              <Table.Tr key={batch.number}>
                <Table.Td className="numeric">{batch.number}</Table.Td>
                <Table.Td className="numeric">{batch.round}</Table.Td>
                <Table.Td className="numeric">{batch.size}</Table.Td>
                <Table.Td>{formatEnum(batch.status)}</Table.Td>
                <Table.Td>{batch.startedAt && <RelativeTime at={batch.startedAt} />}</Table.Td>
                <Table.Td className="numeric">{tookOf(batch)}</Table.Td>
                <Table.Td>{batch.job && <Id id={batch.job.id} />}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </div>
  );
}

function tookOf({ startedAt, finishedAt }: {
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}): string {
  if (startedAt === null || finishedAt === null) return "";
  return formatDuration(new Date(finishedAt).getTime() - new Date(startedAt).getTime());
}
