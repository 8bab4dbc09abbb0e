import { type Connection, statement } from "../../src/db/database.ts";
import type { Campaign } from "../../src/domain/campaigns/campaign.ts";
import { createCampaign, type CreateCampaignInput } from "../../src/domain/campaigns/create.ts";
import { type QueuedMails, queueDue } from "../../src/domain/campaigns/cycle.ts";
import { enrolPage, FIRST_CONTACT } from "../../src/domain/campaigns/enrol_existing.ts";
import { registerContact, type Registered } from "../../src/domain/campaigns/register.ts";
import type { Caller } from "../../src/domain/access/access.ts";
import type { Services } from "../../src/domain/services.ts";
import type { SmtpTestServer } from "./smtp.ts";

/** A date that no test reaches. */
export const LATER = new Date("2100-01-01T09:00:00Z");

/** Input of a campaign with a date; `overrides` replaces fields. */
export function campaignInput(overrides: Partial<CreateCampaignInput> = {}): CreateCampaignInput {
  return {
    type: "search_engine",
    name: "Search engine",
    trigger: "DATE",
    sendAt: LATER,
    content: { subject: "It is here, {{ name }}", text: "Dear {{ name }}," },
    enabled: true,
    sendToLateContacts: false,
    ...overrides,
  };
}

/** Input of a campaign at sign-up. */
export function welcomeInput(overrides: Partial<CreateCampaignInput> = {}): CreateCampaignInput {
  return campaignInput({
    type: "welcome",
    name: "Welcome",
    trigger: "SIGNUP",
    sendAt: null,
    content: { subject: "Welcome {{ name }}", text: "Dear {{ name }}," },
    ...overrides,
  });
}

/** Creates a campaign that must be new. */
export async function addCampaign(
  services: Services,
  caller: Caller,
  input: CreateCampaignInput,
): Promise<Campaign> {
  const { campaign, created } = await createCampaign(services, caller, input);
  if (!created) throw new Error(`The campaign ${input.name} exists`);
  return campaign;
}

/** Registers a contact by its email address. */
export function signUp(
  services: Services,
  caller: Caller,
  email: string,
  overrides: { readonly name?: string; readonly sendWelcome?: boolean } = {},
): Promise<Registered> {
  return registerContact(services, caller, { name: "Ada", sendWelcome: true, email, ...overrides });
}

const PASS_DATE = statement<[id: string]>(
  "test.passDate",
  `with c as (
     update campaigns set send_at = now() - interval '1 minute' where id = $1 returning message_id, send_at)
   update messages m set send_at = c.send_at from c where m.id = c.message_id`,
);

/** Moves the date of a campaign into the past. */
export async function passDate(db: Connection, { id }: Campaign): Promise<void> {
  await db.run(PASS_DATE, id);
}

/** Queues everything that is due, as a cycle does; returns the mails of each turn. */
export async function cycle(services: Services, limit = 100): Promise<QueuedMails[][]> {
  const turns: QueuedMails[][] = [];
  for (let turn = await queueDue(services, null, limit); turn.length > 0;) {
    turns.push(turn);
    turn = await queueDue(services, null, limit);
  }
  return turns;
}

/** Subjects of the received mails, in their order; the server must keep their content. */
export function subjectsOf({ received }: Pick<SmtpTestServer, "received">): string[] {
  return received.map(({ content }) => /^Subject: (.*)$/m.exec(content)?.[1]?.trim() ?? "");
}

/** Enrols the existing contacts in a campaign, as the job of `createCampaign` does. */
export async function enrolAll(
  services: Services,
  { id, organizationId }: Campaign,
): Promise<void> {
  let after: string | null = FIRST_CONTACT;
  while (after !== null) ({ last: after } = await enrolPage(services, organizationId, id, after));
}
