import { Modal, Table } from "@mantine/core";
import { useLocation } from "@tanstack/react-router";
import { SCREENS } from "../screens.ts";
import type { ScreenKey } from "./screen.ts";
import { useViewer } from "./viewer.tsx";

const KEYS: readonly ScreenKey[] = [
  [["Ctrl", "K"], "Search or jump"],
  [["j"], "Next row"],
  [["k"], "Previous row"],
  [["Enter"], "Open the row"],
  [["x"], "Select the row"],
  [["r"], "Retry the job or the selected recipients"],
  [["."], "Go to the actions of the page"],
  [["Esc"], "Close the detail or the dialog"],
  [["?"], "These keys"],
];

/** Dialog with all keys: those of the open screen first. */
export function Help({ opened, onClose }: {
  readonly opened: boolean;
  readonly onClose: () => void;
}) {
  const { role } = useViewer();
  const { pathname } = useLocation();
  const own = SCREENS.flatMap(({ path, keys = [] }) =>
    pathname === path || pathname.startsWith(`${path}/`) ? keys : []
  );
  // A screen may give a key of every list another meaning.
  const taken = new Set(own.map(([keys]) => keys.join(" ")));
  const common = KEYS.filter(([keys]) => !taken.has(keys.join(" ")));
  const screens = SCREENS.flatMap(({ key, label, roles }) =>
    key !== null && roles.includes(role) ? [[["g", key], label] as const] : []
  );
  return (
    <Modal opened={opened} onClose={onClose} title="Keys" centered>
      <Table>
        <Table.Tbody>
          {[...own, ...common, ...screens].map(([keys, meaning]) => (
            <Table.Tr key={`${keys.join(" ")} ${meaning}`}>
              <Table.Td>{keys.map((name) => <kbd key={name}>{name}</kbd>)}</Table.Td>
              <Table.Td>{meaning}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
