import { createTheme, type MantineColorsTuple } from "@mantine/core";

// Buttons are neutral, because colour means state.
const ink: MantineColorsTuple = [
  "#f4f6f8",
  "#e4e8ec",
  "#cbd2d9",
  "#9aa5b1",
  "#7b8794",
  "#616e7c",
  "#52606d",
  "#3e4c59",
  "#323f4b",
  "#1f2933",
];

const DIALOG = {
  // Close buttons have no text.
  closeButtonProps: { "aria-label": "Close" },
  // The content of most dialogs is gone when they close, so that it cannot fade out.
  transitionProps: { duration: 0 },
};

/** Dense and neutral, with the fonts of the system. */
export const theme = createTheme({
  // Nothing moves for people whose system asks for less motion.
  respectReducedMotion: true,
  colors: { ink },
  primaryColor: "ink",
  primaryShade: { light: 9, dark: 6 },
  defaultRadius: "sm",
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', Menlo, Consolas, monospace",
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.125rem" },
  cursorType: "pointer",
  components: {
    Modal: { defaultProps: DIALOG },
    Drawer: { defaultProps: DIALOG },
  },
});
