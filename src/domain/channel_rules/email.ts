import { checkEmailAddress, normalizeEmailAddress } from "../email_address.ts";
import type { ChannelRules } from "./rules.ts";

const NO_CONTROL_CHARACTERS = /^[^\p{Cc}]+$/u;

/** Rules of email. */
export const EMAIL_RULES: ChannelRules = {
  name: "email",
  needsProvider: false,
  unsubscribable: true,
  addressColumns: ["email", "e-mail"],
  credentials: { user: NO_CONTROL_CHARACTERS, password: NO_CONTROL_CHARACTERS },
  checkAddress: checkEmailAddress,
  normalizeAddress: normalizeEmailAddress,
  checkText: () => null,
};
