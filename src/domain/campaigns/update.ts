import { z } from "zod";
import { type Connection, statement } from "../../db/database.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import { invalid, InvalidInputError } from "../errors.ts";
import { wakeWorkers } from "../jobs/enqueue.ts";
import { finishMessage } from "../messages/finish.ts";
import {
  closeMessage,
  editOpenMessage,
  hasUnfinishedBatches,
  type OpenContent,
  reopenMessage,
} from "../messages/open.ts";
import { lockMessages } from "../messages/rounds.ts";
import type { Services } from "../services.ts";
import type { ContentChoice } from "../templates/use.ts";
import { issuesOf } from "../validation.ts";
import { type Campaign, LANES } from "./campaign.ts";
import { announceEnrolment, enqueueEnrolment } from "./create.ts";
import { checkFuture } from "./date.ts";
import { findSameCampaign, getCampaign } from "./find.ts";
import {
  type CampaignDate,
  campaignFields,
  checkChoice,
  type DateInput,
  dateOf,
  taken,
} from "./input.ts";
import { lockCampaigns } from "./lock.ts";

/** Input of `updateCampaign`; absent fields keep their value. */
export interface UpdateCampaignInput extends DateInput, ContentChoice {
  /** 1 to 200 characters. */
  readonly name?: string | null;
  readonly enabled?: boolean | null;
  readonly sendToLateContacts?: boolean | null;
}

const CLEARED = "is required and cannot be removed";
const REQUIRED = ["name", "content", "enabled", "sendToLateContacts"] as const;

const schema = z.object({ name: campaignFields.name.optional() });

interface CheckedUpdate {
  readonly name?: string;
  readonly content?: OpenContent;
}

const UPDATE = statement<
  [
    id: string,
    sendAt: Date | null,
    timezone: string | null,
    enabled: boolean,
    sendToLateContacts: boolean,
  ]
>(
  "campaigns.update",
  `update campaigns set send_at = $2, timezone = $3, enabled = $4, send_to_late_contacts = $5,
     updated_at = now()
   where id = $1`,
);

/**
 * Changes a campaign. Mails that are not being sent yet get the new content. A disabled campaign stops sending, and
 * continues when it is enabled again. A job enrols the contacts that match the changed campaign.
 *
 * @returns the changed campaign
 * @throws {ForbiddenError} for a MEMBER
 * @throws {NotFoundError}
 * @throws {InvalidInputError} as `createCampaign` does, and for another date while mails for the current date are queued;
 *   nothing is changed then
 */
export async function updateCampaign(
  services: Services,
  caller: Caller,
  id: string,
  input: UpdateCampaignInput,
): Promise<Campaign> {
  requireAdmin(caller, "change campaigns");
  const before = await getCampaign(services, caller, id);
  const fields = await check(services, caller, input);
  const date = input.sendAt === undefined && input.localSendAt == null
    ? null
    : dateOf(before.trigger, input);
  const jobIds = await services.db.transaction(async (tx) => {
    await lockCampaigns(tx, caller.organizationId);
    // Read again under the lock.
    const campaign = await getCampaign({ db: tx }, caller, id);
    await lockMessages(tx, [campaign.messageId]);
    const changed = await change(tx, campaign, { ...fields, date }, input);
    return mayAddContacts(campaign, changed) ? await enqueueEnrolment(tx, caller, changed) : [];
  });
  announceEnrolment(services, caller, jobIds);
  wakeWorkers(services, [LANES[before.trigger]]);
  const { messageId, organizationId } = before;
  // The message of a disabled campaign ends if none of its deliveries waits.
  await finishMessage(services, { id: messageId, organizationId });
  services.bus.publish("messages", organizationId, [messageId]);
  services.bus.publish("campaigns", organizationId, [id]);
  services.bus.publish("deliveries", organizationId, null);
  return await getCampaign(services, caller, id);
}

async function check(
  services: Services,
  caller: Caller,
  input: UpdateCampaignInput,
): Promise<CheckedUpdate> {
  const cleared = REQUIRED.filter((field) => input[field] === null)
    .map((field) => ({ path: [field], code: "REQUIRED", message: CLEARED }));
  if (cleared.length > 0) throw new InvalidInputError(cleared);
  const fields = schema.safeParse(input);
  const isChosen = input.content != null || input.templateId != null;
  const chosen = isChosen ? await checkChoice(services, caller, input) : null;
  const issues = [...issuesOf(fields), ...chosen?.issues ?? []];
  if (!fields.success || issues.length > 0) throw new InvalidInputError(issues);
  return { name: fields.data.name, content: chosen?.content };
}

async function change(
  tx: Connection,
  campaign: Campaign,
  { name, content, date }: CheckedUpdate & { readonly date: CampaignDate | null },
  input: UpdateCampaignInput,
): Promise<Campaign> {
  const { id, messageId, organizationId, type } = campaign;
  const sendAt = date?.sendAt ?? null;
  if (sendAt) {
    const same = await findSameCampaign(tx, organizationId, { type, sendAt });
    if (same && same.id !== id) throw taken(same);
    if (!same) {
      await checkFuture(tx, sendAt);
      await checkNotSending(tx, messageId);
    }
  }
  const changed: Campaign = {
    ...campaign,
    ...date,
    enabled: input.enabled ?? campaign.enabled,
    sendToLateContacts: input.sendToLateContacts ?? campaign.sendToLateContacts,
  };
  const { enabled, sendToLateContacts, timezone } = changed;
  await tx.run(UPDATE, id, changed.sendAt, timezone, enabled, sendToLateContacts);
  await editOpenMessage(tx, messageId, {
    title: name,
    content,
    sendAt: sendAt ?? undefined,
  });
  if (campaign.enabled && !enabled) await closeMessage(tx, messageId);
  if (!campaign.enabled && enabled) await reopenMessage(tx, messageId);
  return changed;
}

// Queued mails are sent without regard to the new date, so the campaign would show a date that is not theirs.
async function checkNotSending(tx: Connection, messageId: string): Promise<void> {
  if (!await hasUnfinishedBatches(tx, messageId)) return;
  throw invalid(
    ["sendAt"],
    "BEING_SENT",
    "cannot be changed while mails for the current date are queued; disable the campaign to hold them",
  );
}

/** Whether the change may add contacts to the campaign. */
function mayAddContacts(before: Campaign, after: Campaign): boolean {
  return after.enabled &&
    (!before.enabled || before.sendAt?.getTime() !== after.sendAt?.getTime() ||
      !before.sendToLateContacts && after.sendToLateContacts);
}
