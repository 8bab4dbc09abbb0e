import { Table } from "@mantine/core";
import { formatElapsed, formatEnum } from "../kit/format.ts";
import { RelativeTime } from "../kit/relative_time.tsx";
import { formatJobError } from "./job_error.tsx";
import type { JobDetail } from "./job_query.ts";
import { JobWorker } from "./job_worker.tsx";

/** Attempts of a job that have ended, with their errors and workers. */
export function JobAttempts({ job: { attempts, attemptCount, maxAttempts } }: {
  readonly job: JobDetail;
}) {
  return (
    <section>
      <h3>Attempts</h3>
      <p className="dimmed">
        {attemptCount} of {maxAttempts} used{attempts.length === 0 && "; none has ended yet"}.
      </p>
      {attempts.length > 0 && (
        <Table.ScrollContainer minWidth={480}>
          <Table verticalSpacing={4}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th className="numeric">#</Table.Th>
                <Table.Th>Started</Table.Th>
                <Table.Th className="numeric">Took</Table.Th>
                <Table.Th>Outcome</Table.Th>
                <Table.Th>Worker</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {attempts.map((attempt) => (
                <Table.Tr key={attempt.startedAt}>
                  <Table.Td className="numeric">{attempt.number}</Table.Td>
                  <Table.Td>
                    <RelativeTime at={attempt.startedAt} />
                  </Table.Td>
                  <Table.Td className="numeric">{tookOf(attempt)}</Table.Td>
                  <Table.Td>
                    {attempt.outcome && formatEnum(attempt.outcome)}
                    {attempt.error && <div>{formatJobError(attempt.error)}</div>}
                  </Table.Td>
                  <Table.Td>
                    <JobWorker worker={attempt.worker} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </section>
  );
}

function tookOf({ startedAt, finishedAt }: JobDetail["attempts"][number]): string {
  if (finishedAt === null) return "";
  return formatElapsed(new Date(finishedAt).getTime() - new Date(startedAt).getTime());
}
