import { useHotkeys } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { useRef } from "react";
import { SCREENS } from "../screens.ts";
import { openPalette } from "./palette_state.ts";
import { useViewer } from "./viewer.tsx";

const SEQUENCE_MS = 1_500;

/** Keys of the shell: `g` and a letter open a screen, Ctrl-K the palette, `?` the list of keys. */
export function useShellKeys(openHelp: () => void): void {
  const { role } = useViewer();
  const navigate = useNavigate();
  const pressedG = useRef(0);

  function open(path: string) {
    if (performance.now() - pressedG.current < SEQUENCE_MS) navigate({ to: path });
    pressedG.current = -SEQUENCE_MS;
  }

  useHotkeys([["mod+K", openPalette]], []);
  useHotkeys([
    ["g", () => pressedG.current = performance.now()],
    ["shift+?", openHelp],
    ...SCREENS.flatMap(({ key, path, roles }): [string, () => void][] =>
      key !== null && roles.includes(role) ? [[key, () => open(path)]] : []
    ),
  ]);
}
