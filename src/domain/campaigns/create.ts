import { z } from "zod";
import { type Connection, statement } from "../../db/database.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import { InvalidInputError } from "../errors.ts";
import { newId, toTypeId } from "../id.ts";
import { enqueueJobs, wakeWorkers } from "../jobs/enqueue.ts";
import { JOB_KINDS } from "../jobs/kinds.ts";
import { closeMessage, insertOpenMessage } from "../messages/open.ts";
import type { Services } from "../services.ts";
import type { ContentChoice } from "../templates/use.ts";
import { issuesOf } from "../validation.ts";
import { type Campaign, type CampaignTrigger, LANES } from "./campaign.ts";
import { checkFuture } from "./date.ts";
import { findSameCampaign, getCampaign } from "./find.ts";
import { campaignFields, checkChoice, type DateInput, dateOf, taken } from "./input.ts";
import { lockCampaigns } from "./lock.ts";

/** Input of `createCampaign`. */
export interface CreateCampaignInput extends DateInput, ContentChoice {
  /** Free name, 1 to 100 characters. */
  readonly type: string;
  /** 1 to 200 characters. */
  readonly name: string;
  readonly trigger: CampaignTrigger;
  readonly enabled: boolean;
  readonly sendToLateContacts: boolean;
}

type NewCampaign = Omit<Campaign, "createdAt" | "updatedAt">;

const schema = z.object({
  type: campaignFields.type,
  name: campaignFields.name,
});

const INSERT = statement<
  [
    id: string,
    organizationId: string,
    messageId: string,
    type: string,
    trigger: CampaignTrigger,
    sendAt: Date | null,
    timezone: string | null,
    enabled: boolean,
    sendToLateContacts: boolean,
  ]
>(
  "campaigns.insert",
  `insert into campaigns (id, organization_id, message_id, type, trigger, send_at, timezone, enabled,
     send_to_late_contacts)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
);

/**
 * Creates a campaign. A job enrols the existing contacts in a campaign with a date; `registerContact` enrols new
 * ones.
 *
 * @returns the campaign; `created` is false if an equal one exists
 * @throws {ForbiddenError} for a MEMBER
 * @throws {NotFoundError} for an unknown template
 * @throws {InvalidInputError} with every fault; a date in the past, a template that names a variable of no contact,
 *   and a second campaign of the same type and date; nothing is written then
 */
export async function createCampaign(
  services: Services,
  caller: Caller,
  input: CreateCampaignInput,
): Promise<{ campaign: Campaign; created: boolean }> {
  requireAdmin(caller, "create campaigns");
  const campaign = await check(services, caller, input);
  const { organizationId } = caller;
  const written = await services.db.transaction(async (tx) => {
    await lockCampaigns(tx, organizationId);
    const same = await findSameCampaign(tx, organizationId, campaign);
    if (same && !isEqual(same, campaign)) throw taken(same);
    if (same) return { id: same.id, created: false, jobIds: [] };
    if (campaign.sendAt) await checkFuture(tx, campaign.sendAt);
    await insert(tx, caller, campaign);
    const jobIds = campaign.enabled ? await enqueueEnrolment(tx, caller, campaign) : [];
    return { id: campaign.id, created: true, jobIds };
  });
  announceEnrolment(services, caller, written.jobIds);
  if (written.created) {
    services.bus.publish("messages", organizationId, [campaign.messageId]);
    services.bus.publish("campaigns", organizationId, [campaign.id]);
  }
  return { campaign: await getCampaign(services, caller, written.id), created: written.created };
}

async function check(
  services: Services,
  caller: Caller,
  input: CreateCampaignInput,
): Promise<NewCampaign> {
  const fields = schema.safeParse(input);
  const { content, issues: contentIssues } = await checkChoice(services, caller, input);
  const issues = [...issuesOf(fields), ...contentIssues];
  if (!fields.success || issues.length > 0) throw new InvalidInputError(issues);
  const { type, name } = fields.data;
  return {
    id: newId(),
    organizationId: caller.organizationId,
    messageId: newId(),
    type: type.toWellFormed(),
    name: name.toWellFormed(),
    trigger: input.trigger,
    ...dateOf(input.trigger, input),
    enabled: input.enabled,
    sendToLateContacts: input.sendToLateContacts,
    ...content,
  };
}

/** Whether a repeated call asks for a campaign that exists. */
function isEqual(existing: Campaign, { trigger, name, subject, text, html }: NewCampaign): boolean {
  return existing.trigger === trigger && existing.name === name && existing.subject === subject &&
    existing.text === text && existing.html === html;
}

async function insert(
  tx: Connection,
  { userId }: Caller,
  campaign: NewCampaign,
): Promise<void> {
  const { id, organizationId, messageId, type, name, trigger, sendAt, timezone } = campaign;
  const { subject, text, html, templateId, templateVersion } = campaign;
  const { enabled, sendToLateContacts } = campaign;
  await insertOpenMessage(tx, {
    id: messageId,
    organizationId,
    userId,
    title: name,
    type,
    lane: LANES[trigger],
    sendAt,
    subject,
    text,
    html,
    templateId,
    templateVersion,
    campaignId: id,
  });
  if (!enabled) await closeMessage(tx, messageId);
  await tx.run(
    INSERT,
    id,
    organizationId,
    messageId,
    type,
    trigger,
    sendAt,
    timezone,
    enabled,
    sendToLateContacts,
  );
}

/**
 * Enqueues the job that enrols the existing contacts in a campaign with a date. With the trigger SIGNUP, contacts that
 * signed up earlier get no mail.
 */
export function enqueueEnrolment(
  tx: Connection,
  { organizationId, userId }: Caller,
  { id, trigger }: Pick<Campaign, "id" | "trigger">,
): Promise<string[]> {
  if (trigger === "SIGNUP") return Promise.resolve([]);
  return enqueueJobs(tx, [{
    organizationId,
    userId,
    kind: "ENROL_CONTACTS",
    subject: toTypeId("campaign", id),
    payload: { campaignId: id },
  }]);
}

/** Wakes the workers for the jobs of `enqueueEnrolment`, after the commit. */
export function announceEnrolment(
  services: Services,
  { organizationId }: Caller,
  jobIds: readonly string[],
): void {
  if (jobIds.length === 0) return;
  wakeWorkers(services, [JOB_KINDS.ENROL_CONTACTS.lane]);
  services.bus.publish("jobs", organizationId, jobIds);
}
