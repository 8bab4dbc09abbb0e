import { Table } from "@mantine/core";
import { formatCount, formatFraction } from "../kit/format.ts";
import { PageLink } from "../kit/links.tsx";
import { toneColor } from "../kit/tone.ts";
import type { Analytics } from "./analytics_query.ts";

/** Results of first attempts by message, newest message first. */
export function MessageSuccess({ messages }: { readonly messages: Analytics["messages"] }) {
  return (
    <Table.ScrollContainer minWidth={560}>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Message</Table.Th>
            <Table.Th>Type</Table.Th>
            <Table.Th>Success</Table.Th>
            <Table.Th className="numeric">Sent</Table.Th>
            <Table.Th className="numeric">Failed</Table.Th>
            <Table.Th className="numeric">Suppressed</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {messages.nodes.map(({ message, sent, failed, suppressed, successFraction }) => (
            <Table.Tr key={message.id}>
              <Table.Td>
                <PageLink to={`/messages/${message.id}`}>{message.title}</PageLink>
              </Table.Td>
              <Table.Td>{message.type}</Table.Td>
              <Table.Td>
                <Success fraction={successFraction} />
              </Table.Td>
              <Table.Td className="numeric">{formatCount(sent)}</Table.Td>
              <Table.Td className="numeric">{formatCount(failed)}</Table.Td>
              <Table.Td className="numeric">{formatCount(suppressed)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {messages.pageInfo.hasNextPage && (
        <p className="dimmed">The newest 100 messages are shown. Choose a shorter period.</p>
      )}
    </Table.ScrollContainer>
  );
}

function Success({ fraction }: { readonly fraction: number | null }) {
  if (fraction === null) return null;
  return (
    <span className="progress">
      <span className="progress-bar" aria-hidden>
        <span style={{ width: `${fraction * 100}%`, background: toneColor("done") }} />
        <span style={{ width: `${(1 - fraction) * 100}%`, background: toneColor("person") }} />
      </span>
      <span className="numbers">{formatFraction(fraction)}</span>
    </span>
  );
}
