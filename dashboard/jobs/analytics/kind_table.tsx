import { Table } from "@mantine/core";
import { formatCount, formatElapsed, formatEnum, formatFraction } from "../../kit/format.ts";
import { PageLink } from "../../kit/links.tsx";
import type { KindStats } from "./operations.ts";

/** Results by kind. Each number leads to the list of such jobs, as far as they are kept. */
export function KindTable({ stats }: { readonly stats: readonly KindStats[] }) {
  return (
    <Table.ScrollContainer minWidth={620}>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Kind</Table.Th>
            <Table.Th className="numeric">Completed</Table.Th>
            <Table.Th className="numeric">Failed</Table.Th>
            <Table.Th className="numeric">Timed out</Table.Th>
            <Table.Th className="numeric">Success</Table.Th>
            <Table.Th className="numeric" title="Median duration of the last attempts">
              Median
            </Table.Th>
            <Table.Th
              className="numeric"
              title="95th percentile of the durations of the last attempts"
            >
              95 %
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {stats.map(({ kind, completed, failed, timedOut, successFraction, p50Ms, p95Ms }) => (
            <Table.Tr key={kind}>
              <Table.Td>
                <Jobs of={{ kind }}>{formatEnum(kind)}</Jobs>
              </Table.Td>
              <Table.Td className="numeric">
                <Jobs of={{ kind, status: "COMPLETED" }}>{formatCount(completed)}</Jobs>
              </Table.Td>
              <Table.Td className="numeric">
                <Jobs of={{ kind, status: "FAILED" }} alarming={failed > 0}>
                  {formatCount(failed)}
                </Jobs>
              </Table.Td>
              <Table.Td className="numeric">
                <Jobs of={{ kind, status: "FAILED", error: "TIMEOUT" }} alarming={timedOut > 0}>
                  {formatCount(timedOut)}
                </Jobs>
              </Table.Td>
              <Table.Td className="numeric">{formatFraction(successFraction)}</Table.Td>
              <Table.Td className="numeric">{formatElapsed(p50Ms)}</Table.Td>
              <Table.Td className="numeric">{formatElapsed(p95Ms)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Jobs({ of, alarming, children }: {
  readonly of: Readonly<Record<string, string>>;
  readonly alarming?: boolean;
  readonly children: string;
}) {
  return (
    <PageLink to="/jobs" search={of} className={alarming ? "tone-person" : undefined}>
      {children}
    </PageLink>
  );
}
