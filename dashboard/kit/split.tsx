import { Button } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useKeys } from "./keys.ts";

/** A list with the detail of a row: beside it on wide screens, instead of it on narrow ones. */
export function Split({ open, detail, onClose, children }: {
  readonly open: boolean;
  readonly detail: ReactNode;
  /** Called by Esc. */
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  useKeys([["Escape", () => open && onClose()]]);
  return (
    <div className="split" data-open={open || undefined}>
      <section className="split-list">{children}</section>
      {open && (
        <section className="split-detail">
          <div className="back-link">
            <Button
              size="compact-sm"
              variant="subtle"
              leftSection={<IconArrowLeft size={14} />}
              onClick={onClose}
            >
              Back to the list
            </Button>
          </div>
          {detail}
        </section>
      )}
    </div>
  );
}
