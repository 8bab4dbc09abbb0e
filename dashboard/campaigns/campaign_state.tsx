import {
  IconCalendarClock,
  IconCircleCheck,
  IconPlayerPause,
  IconSend,
  IconUserPlus,
} from "@tabler/icons-react";
import { useNow } from "../kit/clock.ts";
import { Status } from "../kit/status.tsx";
import type { CampaignRow } from "./operations.ts";

/** State of a campaign: disabled, waiting for its date or for sign-ups, sending, or sent. */
export function CampaignState({ campaign }: {
  readonly campaign: Pick<CampaignRow, "enabled" | "trigger" | "sendAt" | "stats">;
}) {
  const now = useNow();
  const { enabled, trigger, sendAt, stats } = campaign;
  if (!enabled) return <Status tone="patience" icon={IconPlayerPause}>Disabled</Status>;
  if (trigger === "SIGNUP") return <Status tone="run" icon={IconUserPlus}>At sign-up</Status>;
  if (sendAt && new Date(sendAt).getTime() > now) {
    return <Status tone="wait" icon={IconCalendarClock}>Scheduled</Status>;
  }
  return stats.pending + stats.sending > 0
    ? <Status tone="run" icon={IconSend}>Sending</Status>
    : <Status tone="done" icon={IconCircleCheck}>Sent</Status>;
}
