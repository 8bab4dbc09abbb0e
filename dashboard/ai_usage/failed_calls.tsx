import { Table } from "@mantine/core";
import { formatEnum } from "../kit/format.ts";
import { PageLink } from "../kit/links.tsx";
import { Panel } from "../kit/panel.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import type { FailedCall } from "./operations.ts";

/** Newest calls that failed, each with its job. Renders nothing if there are none. */
export function FailedCalls({ calls }: { readonly calls: readonly FailedCall[] }) {
  if (calls.length === 0) return null;
  return (
    <Panel title="Newest failed calls" link={{ to: "/problems", text: "Problems" }}>
      <Table.ScrollContainer minWidth={620}>
        <Table verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Purpose</Table.Th>
              <Table.Th>Model</Table.Th>
              <Table.Th>Outcome</Table.Th>
              <Table.Th>Error</Table.Th>
              <Table.Th>Job</Table.Th>
              <Table.Th className="numeric">Started</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {calls.map(({ id, kind, model, startedAt, outcome, error, job }) => (
              <Table.Tr key={id}>
                <Table.Td>{formatEnum(kind)}</Table.Td>
                <Table.Td>{model}</Table.Td>
                <Table.Td>{outcome && formatEnum(outcome)}</Table.Td>
                <Table.Td>{error?.message}</Table.Td>
                <Table.Td>{job && <PageLink to={`/jobs/${job.id}`}>Open</PageLink>}</Table.Td>
                <Table.Td className="numeric">
                  <RelativeTime at={startedAt} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Panel>
  );
}
