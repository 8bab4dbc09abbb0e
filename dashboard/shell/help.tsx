import { Modal, Table } from "@mantine/core";
import { SCREENS } from "../screens.ts";
import { useViewer } from "./viewer.tsx";

const KEYS: readonly (readonly [readonly string[], string])[] = [
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

/** Dialog with all keys. */
export function Help({ opened, onClose }: {
  readonly opened: boolean;
  readonly onClose: () => void;
}) {
  const { role } = useViewer();
  const screens = SCREENS.flatMap(({ key, label, roles }) =>
    key !== null && roles.includes(role) ? [[["g", key], label] as const] : []
  );
  return (
    <Modal opened={opened} onClose={onClose} title="Keys" centered>
      <Table>
        <Table.Tbody>
          {[...screens, ...KEYS].map(([keys, meaning]) => (
            <Table.Tr key={keys.join(" ")}>
              <Table.Td>{keys.map((name) => <kbd key={name}>{name}</kbd>)}</Table.Td>
              <Table.Td>{meaning}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
