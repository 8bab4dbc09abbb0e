import type { DeliveryErrorType, Disposition } from "../../../../src/channels/channel.ts";

/** Replies that one row of the table decides, by the command that they answer. */
export interface ReplyGroup {
  readonly rule: string;
  readonly type: DeliveryErrorType;
  readonly disposition: Disposition;
  readonly replies: Readonly<Record<string, readonly string[]>>;
}

/** Builds a group. */
export function group(
  rule: string,
  type: DeliveryErrorType,
  disposition: Disposition,
  replies: ReplyGroup["replies"],
): ReplyGroup {
  return { rule, type, disposition, replies };
}
