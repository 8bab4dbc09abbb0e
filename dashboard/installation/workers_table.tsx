import { Table } from "@mantine/core";
import { Empty } from "../kit/empty.tsx";
import { formatCount, formatElapsed, formatEnum } from "../kit/format.ts";
import { PageLink } from "../kit/links.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { toneColor } from "../kit/tone.ts";
import type { WorkerState } from "./operations.ts";

// A worker loses its lease after 15 s.
const SLOW_MS = 1_000;
const STUCK_MS = 7_500;

/** Workers with a valid lease. */
export function WorkersTable({ workers }: { readonly workers: readonly WorkerState[] }) {
  return (
    <section aria-label="Workers">
      <h3>Workers</h3>
      {workers.length === 0
        ? (
          <Empty title="No worker runs">
            Jobs and messages wait until a process runs them: start one with{" "}
            <code>deno task start</code> or <code>deno task waybill worker</code>.
          </Empty>
        )
        : (
          <Table verticalSpacing={6} className="stacked">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Host</Table.Th>
                <Table.Th>Lanes: slots in use</Table.Th>
                <Table.Th className="numeric">Running jobs</Table.Th>
                <Table.Th className="numeric">Event-loop delay</Table.Th>
                <Table.Th className="numeric">Heartbeat</Table.Th>
                <Table.Th className="numeric">Started</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {workers.map((worker) => <WorkerRow key={worker.id} worker={worker} />)}
            </Table.Tbody>
          </Table>
        )}
    </section>
  );
}

function WorkerRow({ worker }: { readonly worker: WorkerState }) {
  return (
    <Table.Tr>
      <Table.Td>
        <strong>{worker.host}</strong>
      </Table.Td>
      <Table.Td className="numbers">
        {worker.lanes.map(({ lane, running, concurrency }) => (
          <span key={lane} className="lane-slots">
            {formatEnum(lane)} {running}/{concurrency}
          </span>
        ))}
      </Table.Td>
      <Table.Td className="numeric" data-label="Running jobs">
        <PageLink to="/jobs" search={{ status: "PROCESSING" }}>
          {formatCount(worker.runningJobCount)}
        </PageLink>
      </Table.Td>
      <Table.Td className="numeric" data-label="Event-loop delay">
        <EventLoopDelay ms={worker.eventLoopMs} />
      </Table.Td>
      <Table.Td className="numeric" data-label="Heartbeat">
        <RelativeTime at={worker.heartbeatAt} />
      </Table.Td>
      <Table.Td className="numeric" data-label="Started">
        <RelativeTime at={worker.startedAt} />
      </Table.Td>
    </Table.Tr>
  );
}

function EventLoopDelay({ ms }: { readonly ms: number | null }) {
  if (ms === null) return "–";
  const tone = ms >= STUCK_MS ? "person" : ms >= SLOW_MS ? "patience" : null;
  return (
    <span style={{ color: tone ? toneColor(tone) : undefined }}>
      {formatElapsed(ms)}
      {tone && " (slow)"}
    </span>
  );
}
