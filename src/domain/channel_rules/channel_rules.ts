import type { MessageChannel } from "../channel.ts";
import { EMAIL_RULES } from "./email.ts";
import { MESSENGER_RULES } from "./messenger.ts";
import type { ChannelRules } from "./rules.ts";

/** Rules of every channel. */
export const CHANNEL_RULES: Readonly<Record<MessageChannel, ChannelRules>> = {
  EMAIL: EMAIL_RULES,
  MESSENGER: MESSENGER_RULES,
};
