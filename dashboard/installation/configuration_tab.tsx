import { Table } from "@mantine/core";
import { IconCheck, IconMinus } from "@tabler/icons-react";
import { formatNumberOf } from "../kit/format.ts";
import { Status } from "../kit/status.tsx";
import type { Installation } from "./operations.ts";

/** Settings of the process that serves the page: set or not; values are never shown. */
export function ConfigurationTab({ settings }: {
  readonly settings: Installation["configuration"];
}) {
  const set = settings.filter((setting) => setting.set).length;
  return (
    <>
      <p className="dimmed">
        {formatNumberOf(settings.length, "environment variable")}, {set}{" "}
        of them set. Values are not shown; the README describes each one and its default.
      </p>
      <Table verticalSpacing={4} maw={560}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Variable</Table.Th>
            <Table.Th>State</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {settings.map((setting) => (
            <Table.Tr key={setting.name}>
              <Table.Td>
                <code>{setting.name}</code>
              </Table.Td>
              <Table.Td>
                {setting.set
                  ? <Status tone="done" icon={IconCheck}>Set</Status>
                  : <Status tone="wait" icon={IconMinus}>Not set: default</Status>}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </>
  );
}
