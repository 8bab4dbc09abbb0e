import type { ReactNode } from "react";
import { type Tone, toneColor } from "./tone.ts";

/** Row of figures with their names. */
export function Figures({ className = "", children }: {
  readonly className?: string;
  readonly children: ReactNode;
}) {
  return <dl className={`figures ${className}`}>{children}</dl>;
}

/** A figure with its name above it. */
export function Figure({ label, tone, children }: {
  readonly label: string;
  /** Absent: no colour, for a number that needs no attention. */
  readonly tone?: Tone;
  readonly children: ReactNode;
}) {
  return (
    <div>
      <dt>{label}</dt>
      <dd className="numbers" style={{ color: tone && toneColor(tone) }}>{children}</dd>
    </div>
  );
}
