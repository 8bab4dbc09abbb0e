import {
  type Icon,
  IconAlertTriangle,
  IconClockPause,
  IconKey,
  IconLock,
  IconUserX,
  IconWifiOff,
} from "@tabler/icons-react";
import type { ErrorType } from "./delivery_fields.ts";

/** How an error type appears, what it means, and what helps. */
export interface ErrorTypeInfo {
  readonly label: string;
  readonly icon: Icon;
  readonly meaning: string;
  readonly remedy: string;
}

/** Error types in the order of their chips. */
export const ERROR_TYPES: Readonly<Record<ErrorType, ErrorTypeInfo>> = {
  ACCESS_TOKEN: {
    label: "Access token",
    icon: IconKey,
    meaning: "The provider rejected the credentials.",
    remedy:
      "Replace the provider's password or access token under Installation, then retry these " +
      "recipients. A scheduled retry gives you time for it.",
  },
  RATE_LIMIT: {
    label: "Rate limit",
    icon: IconClockPause,
    meaning:
      "The provider or the receiving server accepts no more messages for now, or the mailbox is full.",
    remedy:
      "Wait, or choose a scheduled retry, which spreads the attempts. An immediate retry is " +
      "likely to be refused again.",
  },
  NETWORK: {
    label: "Network",
    icon: IconWifiOff,
    meaning: "The provider could not be reached, or the connection broke.",
    remedy:
      "Usually passes by itself: retry. If it stays, check the address of the provider and the firewall.",
  },
  INVALID_RECIPIENT: {
    label: "Invalid recipient",
    icon: IconUserX,
    meaning: "The recipient does not exist or cannot receive messages.",
    remedy: "Do not retry, it cannot succeed. Remove or correct the address in your list.",
  },
  PERMISSION: {
    label: "Permission",
    icon: IconLock,
    meaning: "The provider or the receiving server refused the message by policy.",
    remedy:
      "Check the sender's domain (SPF, DKIM, DMARC), its reputation and the content, then retry.",
  },
  OTHER: {
    label: "Other",
    icon: IconAlertTriangle,
    meaning: "A failure of another kind.",
    remedy:
      "Read the error text of a recipient. A fault in the template must be corrected and sent anew.",
  },
};

/** All error types. */
export const ALL_ERROR_TYPES: readonly ErrorType[] = [
  "ACCESS_TOKEN",
  "RATE_LIMIT",
  "NETWORK",
  "INVALID_RECIPIENT",
  "PERMISSION",
  "OTHER",
];
