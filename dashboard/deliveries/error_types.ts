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
import { ERROR_MEANINGS } from "./error_meanings.ts";

/** Name, symbol, meaning and remedy of an error type. */
export interface ErrorTypeInfo {
  readonly label: string;
  readonly icon: Icon;
  readonly meaning: string;
  readonly remedy: string;
}

/** Error types in the order of their chips. */
export const ERROR_TYPES: Readonly<Record<ErrorType, ErrorTypeInfo>> = {
  ACCESS_TOKEN: { label: "Access token", icon: IconKey, ...ERROR_MEANINGS.ACCESS_TOKEN },
  RATE_LIMIT: { label: "Rate limit", icon: IconClockPause, ...ERROR_MEANINGS.RATE_LIMIT },
  NETWORK: { label: "Network", icon: IconWifiOff, ...ERROR_MEANINGS.NETWORK },
  INVALID_RECIPIENT: {
    label: "Invalid recipient",
    icon: IconUserX,
    ...ERROR_MEANINGS.INVALID_RECIPIENT,
  },
  PERMISSION: { label: "Permission", icon: IconLock, ...ERROR_MEANINGS.PERMISSION },
  OTHER: { label: "Other", icon: IconAlertTriangle, ...ERROR_MEANINGS.OTHER },
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
