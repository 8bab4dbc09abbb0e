import { useHotkeys } from "@mantine/hooks";
import type { ReactNode } from "react";

/** A list with the detail of a row: beside it on wide screens, instead of it on narrow ones. */
export function Split({ open, detail, onClose, children }: {
  readonly open: boolean;
  readonly detail: ReactNode;
  /** Called by Esc. */
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  useHotkeys([["Escape", () => open && onClose()]]);
  return (
    <div className="split" data-open={open || undefined}>
      <section className="split-list">{children}</section>
      {open && <section className="split-detail">{detail}</section>}
    </div>
  );
}
