import {
  IconCircleCheck,
  IconCircleX,
  IconHourglass,
  IconLockExclamation,
  IconSparkles,
} from "@tabler/icons-react";
import { Status } from "../kit/status.tsx";
import type { QuoteRow, QuoteStatus } from "./quote_fields.ts";

const LOOKS = {
  PENDING: ["wait", IconHourglass, "Pending"],
  AI_PROCESSING: ["run", IconSparkles, "Processing"],
  AI_QUOTED: ["done", IconCircleCheck, "Quoted"],
  AI_ERROR: ["person", IconCircleX, "Failed"],
} as const satisfies Record<QuoteStatus, unknown>;

/** All states of a quote, in the order in which it can pass them. */
export const QUOTE_STATUSES: readonly QuoteStatus[] = [
  "PENDING",
  "AI_PROCESSING",
  "AI_QUOTED",
  "AI_ERROR",
];

/** Word for a state of a quote. */
export function quoteStatusLabel(status: QuoteStatus): string {
  return LOOKS[status][2];
}

/** State of a quote. One whose lock is stale needs a person. */
export function QuoteStatusBadge({ quote: { status, processingLock } }: {
  readonly quote: Pick<QuoteRow, "status" | "processingLock">;
}) {
  if (processingLock?.stale) {
    return <Status tone="person" icon={IconLockExclamation}>Stale lock</Status>;
  }
  const [tone, icon, label] = LOOKS[status];
  return <Status tone={tone} icon={icon}>{label}</Status>;
}
