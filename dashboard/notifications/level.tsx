import {
  type Icon,
  IconAlertCircle,
  IconAlertTriangle,
  IconCircleCheck,
  IconPlayerPlay,
} from "@tabler/icons-react";
import { formatEnum } from "../kit/format.ts";
import { type Tone, toneColor } from "../kit/tone.ts";
import type { Level } from "./operations.ts";

/** Colour and icon of each severity. */
export const LEVELS: Readonly<Record<Level, { readonly tone: Tone; readonly icon: Icon }>> = {
  INFO: { tone: "run", icon: IconPlayerPlay },
  SUCCESS: { tone: "done", icon: IconCircleCheck },
  WARNING: { tone: "patience", icon: IconAlertTriangle },
  ERROR: { tone: "person", icon: IconAlertCircle },
};

/** Severity as an icon; screen readers get its word. */
export function LevelIcon({ level }: { readonly level: Level }) {
  const { tone, icon: Symbol } = LEVELS[level];
  return (
    <span className="level-icon" style={{ color: toneColor(tone) }}>
      <Symbol size={18} role="img" aria-label={formatEnum(level)} />
    </span>
  );
}
