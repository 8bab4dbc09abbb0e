import { z } from "zod";
import { LONG, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { invalid, InvalidInputError, type Issue } from "../errors.ts";
import { toTypeId } from "../id.ts";
import { inTemplate, messageFields } from "../messages/input.ts";
import type { OpenContent } from "../messages/open.ts";
import type { Content } from "../rendering.ts";
import type { Services } from "../services.ts";
import { issuesOfTemplates } from "../templates/content_check.ts";
import { chooseContent, type ContentChoice } from "../templates/use.ts";
import { issuesOf, singleLine } from "../validation.ts";
import type { Campaign, CampaignTrigger } from "./campaign.ts";
import { instantOf, type LocalTime } from "./date.ts";

/** Schemas of the fields of a campaign. */
export const campaignFields = {
  type: singleLine(100),
  name: messageFields.title,
  content: messageFields.content,
  sendAt: z.date("is not a valid time"),
};

/** Date of a campaign as a client gave it: at most one of these fields. */
export interface DateInput {
  readonly sendAt?: Date | null;
  readonly localSendAt?: LocalTime | null;
}

/** Checked date of a campaign. */
export type CampaignDate = Pick<Campaign, "sendAt" | "timezone">;

/**
 * Reads the date of a campaign. Whether it lies in the future is decided by the database, see `checkFuture`.
 *
 * @returns both fields null for the trigger SIGNUP
 * @throws {InvalidInputError} for a missing date, two dates, and a date of the trigger SIGNUP
 */
export function dateOf(
  trigger: CampaignTrigger,
  { sendAt, localSendAt }: DateInput,
): CampaignDate {
  if (sendAt && localSendAt) {
    throw invalid(["localSendAt"], "EXCLUSIVE", "must not be given together with sendAt");
  }
  if (trigger === "SIGNUP") {
    if (!sendAt && !localSendAt) return { sendAt: null, timezone: null };
    const message = "cannot be given: the mails of trigger SIGNUP are sent when contacts register";
    throw invalid([sendAt ? "sendAt" : "localSendAt"], "NOT_APPLICABLE", message);
  }
  if (localSendAt) return { sendAt: instantOf(localSendAt), timezone: localSendAt.timezone };
  if (!sendAt) throw invalid(["sendAt"], "REQUIRED", "is missing: the trigger DATE needs one");
  const issues = issuesOf(campaignFields.sendAt.safeParse(sendAt), ["sendAt"]);
  if (issues.length > 0) throw new InvalidInputError(issues);
  return { sendAt, timezone: null };
}

const HAS_VARIABLE = statement<
  [organizationId: string, name: string],
  { known: boolean; contacts: boolean }
>(
  "campaigns.hasVariable",
  `select exists (select from contacts
       where organization_id = $1 and erasing_since is null and variables ? $2) as known,
     exists (select from contacts where organization_id = $1 and erasing_since is null) as contacts`,
  LONG,
);

/**
 * Finds the faults of the templates of a campaign. Its variables must exist in at least one contact; without contacts,
 * any name is allowed.
 */
function issuesOfContent(
  services: Services,
  caller: Caller,
  content: Content,
): Promise<Issue[]> {
  return issuesOfTemplates(services, caller, content, { unsubscribable: true }, async (name) => {
    const [row] = await services.db.run(HAS_VARIABLE, caller.organizationId, name);
    return !row?.contacts || row.known ? null : `no contact has a variable ${name}`;
  });
}

/**
 * Finds the content that a caller has chosen for a campaign, and its faults.
 *
 * @throws {InvalidInputError} for content and template together, and for an archived template
 * @throws {NotFoundError} for an unknown template
 */
export async function checkChoice(
  services: Services,
  caller: Caller,
  choice: ContentChoice,
): Promise<{ content: OpenContent; issues: Issue[] }> {
  const { content, template } = await chooseContent(services, caller, choice);
  const { subject, text, html } = content;
  const issues = issuesOf(campaignFields.content.safeParse(content), ["content"]);
  if (issues.length === 0) issues.push(...await issuesOfContent(services, caller, content));
  return {
    content: {
      subject: subject.trim().toWellFormed(),
      text: text?.toWellFormed() ?? null,
      html: html?.toWellFormed() ?? null,
      templateId: template?.templateId ?? null,
      templateVersion: template?.version ?? null,
    },
    issues: template ? issues.map(inTemplate) : issues,
  };
}

/** Creates the error for a second campaign of the same type and date. */
export function taken({ id, type, trigger }: Campaign): InvalidInputError {
  const other = `campaign ${toTypeId("campaign", id)}`;
  return trigger === "DATE"
    ? invalid(
      ["sendAt"],
      "TAKEN",
      `is the date of ${other} of the same type ${type}: choose another date`,
    )
    : invalid(
      ["type"],
      "TAKEN",
      `is the type of ${other} with trigger SIGNUP: change that campaign`,
    );
}
