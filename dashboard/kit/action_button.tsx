import { Button } from "@mantine/core";
import type { Icon } from "@tabler/icons-react";

/** Button of an action on the object of a page. */
export function ActionButton({ icon: Symbol, primary = false, running, onClick, children }: {
  readonly icon: Icon;
  /** True for the action that most users want; at most one per object. */
  readonly primary?: boolean;
  readonly running?: boolean;
  readonly onClick: () => void;
  readonly children: string;
}) {
  return (
    <Button
      size="compact-md"
      variant={primary ? "filled" : "default"}
      leftSection={<Symbol size={15} aria-hidden />}
      loading={running}
      onClick={onClick}
    >
      {children}
    </Button>
  );
}
