import { IconCircleCheck, IconHelpCircle, IconX } from "@tabler/icons-react";
import { Status } from "../kit/status.tsx";
import type { FactState } from "./fact_fields.ts";

const LOOKS = {
  PROPOSED: ["patience", IconHelpCircle, "Proposed"],
  APPROVED: ["done", IconCircleCheck, "Approved"],
  DISMISSED: ["wait", IconX, "Dismissed"],
} as const satisfies Record<FactState, unknown>;

/** State of a fact. */
export function FactStateBadge({ state }: { readonly state: FactState }) {
  const [tone, icon, label] = LOOKS[state];
  return <Status tone={tone} icon={icon}>{label}</Status>;
}
