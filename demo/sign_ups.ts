import { setTimeout as delay } from "node:timers/promises";
import { execute } from "./api.ts";

const SIGN_UPS = 30;
const INTERVAL_MS = 1_000;
const OFFER_AFTER_MS = 45_000;

const CREATE_CAMPAIGN = `mutation Campaign($input: CreateCampaignInput!) {
  createCampaign(input: $input) { __typename ... on Error { reason } }
}`;

const REGISTER = `mutation Register($input: RegisterContactInput!) {
  registerContact(input: $input) { __typename ... on Error { reason } }
}`;

interface Registered {
  readonly registerContact: { readonly reason?: string };
}

/**
 * Creates a campaign at sign-up and one with a date in 45 s, and registers a contact each second; every tenth has no
 * mailbox.
 *
 * @param demo address of the server, and key
 */
export async function registerContacts(
  demo: { readonly address: string; readonly key: string },
): Promise<void> {
  const offerAt = new Date(Date.now() + OFFER_AFTER_MS).toISOString();
  // Refused at a second start, because the campaign exists.
  await execute<unknown>(demo, CREATE_CAMPAIGN, { input: WELCOME });
  await execute<unknown>(demo, CREATE_CAMPAIGN, { input: { ...OFFER, sendAt: offerAt } });
  // Addresses of their own for each run, because a contact gets the welcome once.
  const run = Date.now().toString(36);
  for (let n = 1; n <= SIGN_UPS; n++) {
    const email = `${n % 10 === 0 ? "nobody" : "person"}${n}.${run}@example.com`;
    const { registerContact } = await execute<Registered>(demo, REGISTER, {
      input: { email, name: `Person ${n}` },
    });
    if (registerContact.reason) {
      throw new Error(`Cannot register ${email}: ${registerContact.reason}`);
    }
    await delay(INTERVAL_MS);
  }
}

const WELCOME = {
  name: "Welcome",
  type: "welcome",
  trigger: "SIGNUP",
  content: { subject: "Welcome, {{ name }}", text: "Dear {{ name }},\n\nit is good to have you." },
};

const OFFER = {
  name: "Offer of the week",
  type: "offer",
  trigger: "DATE",
  sendToLateContacts: true,
  content: {
    subject: "An offer for {{ name }}",
    text: "Dear {{ name }},\n\none week at half price.",
  },
};
