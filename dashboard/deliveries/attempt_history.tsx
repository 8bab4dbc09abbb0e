import { Table } from "@mantine/core";
import { formatDuration, formatEnum } from "../kit/format.ts";
import { RelativeTime } from "../kit/relative_time.tsx";
import { formatError } from "./error_text.tsx";
import type { DeliveryRow } from "./delivery_fields.ts";

interface Attempt {
  readonly number: number;
  readonly provider: string | null;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly outcome: string | null;
  readonly error: DeliveryRow["error"];
}

/** Attempts of a delivery, and when the next one is due. */
export function AttemptHistory({ attempts, dueAt }: {
  readonly attempts: readonly Attempt[];
  readonly dueAt: string | null;
}) {
  return (
    <section>
      <h3>Attempts</h3>
      {attempts.length === 0
        ? <p className="dimmed">No attempt has ended yet.</p>
        : (
          <Table verticalSpacing={4}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>#</Table.Th>
                <Table.Th>When</Table.Th>
                <Table.Th>Took</Table.Th>
                <Table.Th>Result</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {attempts.map((attempt) => (
                <Table.Tr key={attempt.startedAt}>
                  <Table.Td className="numbers">{attempt.number}</Table.Td>
                  <Table.Td>
                    <RelativeTime at={attempt.startedAt} />
                  </Table.Td>
                  <Table.Td className="numbers">{durationOf(attempt)}</Table.Td>
                  <Table.Td>
                    {attempt.outcome && `${formatEnum(attempt.outcome)} `}
                    {attempt.provider && <span className="dimmed">· {attempt.provider}</span>}
                    {attempt.error && <div>{formatError(attempt.error)}</div>}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      {dueAt && (
        <p>
          Next attempt <RelativeTime at={dueAt} />
        </p>
      )}
    </section>
  );
}

function durationOf({ startedAt, finishedAt }: Attempt): string {
  if (finishedAt === null) return "";
  const ms = new Date(finishedAt).getTime() - new Date(startedAt).getTime();
  return ms < 1_000 ? `${ms} ms` : formatDuration(ms);
}
