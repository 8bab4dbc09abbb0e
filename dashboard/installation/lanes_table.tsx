import { Button, Table } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useAction } from "../kit/action.ts";
import { ErrorNotice } from "../kit/error_notice.tsx";
import { formatEnum } from "../kit/format.ts";
import { Gauge } from "../kit/gauge.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { Status } from "../kit/status.tsx";
import { LaneSlots } from "./lane_slots.tsx";
import { type Installation, type LaneSettings, UpdateLane } from "./operations.ts";

/** Lanes: slots in use of all workers, pause and resume, and slots per process. */
export function LanesTable({ installation }: { readonly installation: Installation }) {
  return (
    <section aria-label="Lanes">
      <h3>Lanes</h3>
      <p className="dimmed">
        Changes take effect in all processes within a second, and survive a restart. Running jobs
        continue.
      </p>
      <Table verticalSpacing={6} className="stacked">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Lane</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th>Slots in use</Table.Th>
            <Table.Th>Slots per process</Table.Th>
            <Table.Th aria-label="Actions" />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {installation.lanes.map((lane) => (
            <LaneRow key={lane.lane} settings={lane} installation={installation} />
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

function LaneRow({ settings, installation }: {
  readonly settings: LaneSettings;
  readonly installation: Installation;
}) {
  const update = useAction(UpdateLane, (data) => data.updateLane);
  const { lane, paused, slots } = settings;
  const name = formatEnum(lane);
  const used = installation.processor.workers.flatMap(({ lanes }) => lanes)
    .filter((each) => each.lane === lane);
  return (
    <Table.Tr>
      <Table.Td>
        <strong>{name}</strong>
      </Table.Td>
      <Table.Td>
        <LaneStatus settings={settings} served={used.length > 0} />
        {update.failure && <ErrorNotice reason={update.failure.reason} />}
      </Table.Td>
      <Table.Td>
        <Gauge
          running={used.reduce((sum, { running }) => sum + running, 0)}
          slots={used.reduce((sum, { concurrency }) => sum + concurrency, 0)}
        />
      </Table.Td>
      <Table.Td data-label="Slots per process">
        <LaneSlots lane={lane} slots={slots} />
      </Table.Td>
      <Table.Td className="numeric">
        <Button
          size="compact-sm"
          variant="default"
          leftSection={paused ? <IconPlayerPlay size={14} /> : <IconPlayerPause size={14} />}
          loading={update.running}
          onClick={() => update.run({ lane, input: { paused: !paused } })}
          aria-label={`${paused ? "Resume" : "Pause"} lane ${name}`}
        >
          {paused ? "Resume" : "Pause"}
        </Button>
      </Table.Td>
    </Table.Tr>
  );
}

function LaneStatus({ settings: { paused, pausedBy, pausedAt }, served }: {
  readonly settings: LaneSettings;
  readonly served: boolean;
}) {
  if (!paused) return served ? "Running" : <span className="dimmed">No worker serves it</span>;
  return (
    <>
      <Status tone="patience" icon={IconPlayerPause}>{`Paused by ${pausedBy}`}</Status>{" "}
      {pausedAt && <RelativeTime at={pausedAt} />}
    </>
  );
}
