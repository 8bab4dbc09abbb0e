import { useHotkeys } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { useRef } from "react";
import { useKeys } from "../kit/keys.ts";
import { SCREENS } from "../screens.ts";
import { openPalette } from "./palette_state.ts";
import { useViewer } from "./viewer.tsx";

const SEQUENCE_MS = 1_500;

/** Keys of the shell: `g` and a letter open a screen, Ctrl-K the palette, `.` the actions, `?` the keys. */
export function useShellKeys(openHelp: () => void): void {
  const { role } = useViewer();
  const navigate = useNavigate();
  const pressedG = useRef(0);

  function open(path: string) {
    if (performance.now() - pressedG.current < SEQUENCE_MS) navigate({ to: path });
    pressedG.current = -SEQUENCE_MS;
  }

  useHotkeys([["mod+K", openPalette]], []);
  useKeys([
    ["g", () => pressedG.current = performance.now()],
    [".", focusActions],
    ["shift+?", openHelp],
    ...SCREENS.flatMap(({ key, path, roles }): [string, () => void][] =>
      key !== null && roles.includes(role) ? [[key, () => open(path)]] : []
    ),
  ]);
}

// The head of an open detail stands after that of its list.
function focusActions(): void {
  const heads = [...document.querySelectorAll(".page-head")].filter((head) =>
    head.checkVisibility()
  );
  heads.at(-1)?.querySelector<HTMLElement>("button:not(.copy-graphql), a")?.focus();
}
