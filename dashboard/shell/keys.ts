import { useHotkeys } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { useKeys, useSequences } from "../kit/keys.ts";
import { SCREENS } from "../screens.ts";
import { openPalette } from "./palette_state.ts";
import { useViewer } from "./viewer.tsx";

/** Keys of the shell: `g` and a letter open a screen, Ctrl-K the palette, `.` the actions, `?` the keys. */
export function useShellKeys(openHelp: () => void): void {
  const { role } = useViewer();
  const navigate = useNavigate();
  useHotkeys([["mod+K", openPalette]], []);
  useKeys([
    [".", focusActions],
    ["shift+?", openHelp],
  ]);
  useSequences(
    "g",
    SCREENS.flatMap(({ key, path, roles }): [string, () => void][] =>
      key !== null && roles.includes(role) ? [[key, () => navigate({ to: path })]] : []
    ),
  );
}

// The head of an open detail comes after that of its list.
function focusActions(): void {
  const heads = [...document.querySelectorAll(".page-head")].filter((head) =>
    head.checkVisibility()
  );
  heads.at(-1)?.querySelector<HTMLElement>("button:not(.copy-graphql), a")?.focus();
}
