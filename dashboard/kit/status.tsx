import type { Icon } from "@tabler/icons-react";
import { type Tone, toneColor } from "./tone.ts";

/** A state as icon and word; the colour only repeats it. */
export function Status({ tone, icon: Symbol, children }: {
  readonly tone: Tone;
  readonly icon: Icon;
  readonly children: string;
}) {
  return (
    <span className="status" style={{ color: toneColor(tone) }}>
      <Symbol size={15} stroke={2} aria-hidden />
      {children}
    </span>
  );
}
