import { checkEmailAddress, normalizeEmailAddress } from "../email_address.ts";
import type { ChannelRules } from "./rules.ts";

const NO_CONTROL_CHARACTERS = /^[^\p{Cc}]+$/u;

/** Rules of email. */
export const EMAIL_RULES: ChannelRules = {
  name: "email",
  needsProvider: false,
  unsubscribable: true,
  addressColumns: [
    "email",
    "email address",
    "mail",
    "primary email",
    // Google Contacts
    "e-mail 1 - value",
    "e-mail-adresse",
    "mailadresse",
    "adresse e-mail",
    "courriel",
    "correo electrónico",
    "indirizzo e-mail",
    "e-mailadres",
    "endereço de e-mail",
  ],
  credentials: { user: NO_CONTROL_CHARACTERS, password: NO_CONTROL_CHARACTERS },
  checkAddress: checkEmailAddress,
  normalizeAddress: normalizeEmailAddress,
  checkText: () => null,
};
