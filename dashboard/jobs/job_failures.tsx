import { Table } from "@mantine/core";
import { formatCount } from "../kit/format.ts";
import { Id } from "../kit/links.tsx";
import { formatJobError } from "./job_error.tsx";
import type { JobDetail } from "./job_query.ts";

/** Failed items of a job; nothing if it has none. */
export function JobFailures({ failures: { nodes, totalCount } }: {
  readonly failures: JobDetail["failures"];
}) {
  if (nodes.length === 0) return null;
  return (
    <section>
      <h3>Failed items</h3>
      {totalCount !== nodes.length && (
        <p className="dimmed">
          The first {nodes.length} of {totalCount === null ? "many" : formatCount(totalCount)}.
        </p>
      )}
      <Table.ScrollContainer minWidth={420}>
        <Table verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Item</Table.Th>
              <Table.Th>Error</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {nodes.map(({ itemId, label, error }) => (
              <Table.Tr key={itemId ?? label}>
                <Table.Td>
                  {label} <div>{itemId && <Id id={itemId} />}</div>
                </Table.Td>
                <Table.Td>{formatJobError(error)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  );
}
