import { Table } from "@mantine/core";
import { useQuery } from "urql";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { formatCount, formatMoney } from "../kit/format.ts";
import { RelativeTime } from "../kit/relative_time.tsx";
import { OrdersQuery } from "./operations.ts";

/** The newest orders of a contact; nothing for a contact without orders. */
export function Orders({ id }: { readonly id: string }) {
  const [{ data, error }, read] = useQuery({ query: OrdersQuery, variables: { id } });
  if (error && !data) return <ErrorNotice reason={reasonOf(error)} onRetry={read} />;
  const orders = data?.contact?.orders;
  if (!orders || orders.nodes.length === 0) return null;
  const { nodes, totalCount } = orders;
  return (
    <section aria-label="Orders">
      <div className="timeline-head">
        <h3>Orders</h3>
        <CopyGraphQL operation={OrdersQuery} variables={{ id }} />
      </div>
      <Table.ScrollContainer minWidth={420}>
        <Table verticalSpacing={4} horizontalSpacing="md">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Order</Table.Th>
              <Table.Th>Status</Table.Th>
              <Table.Th className="numeric">Total</Table.Th>
              <Table.Th className="numeric">Placed</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {nodes.map((order) => (
              <Table.Tr key={order.id}>
                <Table.Td>{order.number}</Table.Td>
                <Table.Td>{order.status}</Table.Td>
                <Table.Td className="numeric">{formatMoney(order.total)}</Table.Td>
                <Table.Td className="numeric">
                  <RelativeTime at={order.createdAt} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {totalCount !== null && totalCount > nodes.length && (
        <p className="dimmed">The newest {nodes.length} of {formatCount(totalCount)} orders.</p>
      )}
    </section>
  );
}
