import { statement } from "../../db/database.ts";
import { InvalidInputError, type Issue, NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import {
  domainOf,
  issuesOfAddress,
  issuesOfMailbox,
  type Mailbox,
  type MailboxInput,
  senderOf,
  tidyMailbox,
} from "../mailbox.ts";
import type { Services } from "../services.ts";
import { issuesOfTimezone } from "../timezone.ts";
import { type Caller, checkName, type Organization, requireAdmin } from "./access.ts";
import { getOrganization, ORGANIZATION_COLUMNS } from "./organizations.ts";

/** Input of `updateOrganization`; an absent field keeps its value. */
export interface UpdateOrganizationInput {
  /** 1 to 200 characters. */
  readonly name?: string | null;
  /** Sender of mails; null: that of the installation. Only the OPERATOR chooses another domain. */
  readonly from?: MailboxInput | null;
  /** Null: replies go to the sender. */
  readonly replyTo?: string | null;
  readonly adminEmail?: string | null;
  /** Null: UTC. */
  readonly timezone?: string | null;
  /** 0 to 1; null: the default. */
  readonly minSuggestionConfidence?: number | null;
}

// As in the migration.
const DEFAULT_MIN_CONFIDENCE = 0.3;

const UPDATE = statement<
  [
    id: string,
    name: string | null,
    setFrom: boolean,
    fromAddress: string | null,
    fromName: string | null,
    setReplyTo: boolean,
    replyTo: string | null,
    setAdminEmail: boolean,
    adminEmail: string | null,
    timezone: string | null,
    minSuggestionConfidence: number | null,
  ],
  Organization
>(
  "access.updateOrganization",
  `update organizations set name = coalesce($2, name),
     from_address = case when $3 then $4 else from_address end,
     from_name = case when $3 then $5 else from_name end,
     reply_to = case when $6 then $7 else reply_to end,
     admin_email = case when $8 then $9 else admin_email end,
     timezone = coalesce($10, timezone),
     min_suggestion_confidence = coalesce($11, min_suggestion_confidence)
   where id = $1 and deleting_since is null
   returning ${ORGANIZATION_COLUMNS}`,
);

/**
 * Changes the settings of an organization. Messages that were accepted before keep their sender. An ADMIN may
 * change the sender within its domain only, because the mail servers of the installation may be allowed to
 * send for the domains of other organizations, too.
 *
 * @throws {ForbiddenError} for a MEMBER
 * @throws {NotFoundError} also for another organization, unless the caller is the OPERATOR
 * @throws {InvalidInputError} with every fault; nothing is changed then
 */
export async function updateOrganization(
  services: Services,
  caller: Caller,
  id: string,
  input: UpdateOrganizationInput,
): Promise<Organization> {
  const organization = await getOrganization(services, caller, id);
  requireAdmin(caller, "change the settings of an organization");
  const from = input.from && tidyMailbox(input.from);
  const issues = issuesOf(input, from);
  if (from && !issues.some(({ path: [field] }) => field === "from")) {
    issues.push(...issuesOfDomain(services, caller, organization, from));
  }
  if (issues.length > 0) throw new InvalidInputError(issues);
  const [updated] = await services.db.run(
    UPDATE,
    id,
    input.name?.trim() ?? null,
    input.from !== undefined,
    from?.address ?? null,
    from?.name ?? null,
    input.replyTo !== undefined,
    input.replyTo?.trim() ?? null,
    input.adminEmail !== undefined,
    input.adminEmail?.trim() ?? null,
    input.timezone === null ? "UTC" : input.timezone ?? null,
    input.minSuggestionConfidence === null
      ? DEFAULT_MIN_CONFIDENCE
      : input.minSuggestionConfidence ?? null,
  );
  if (!updated) throw new NotFoundError([toTypeId("organization", id)]);
  return updated;
}

function issuesOf(
  { name, replyTo, adminEmail, timezone, minSuggestionConfidence }: UpdateOrganizationInput,
  from: Mailbox | null | undefined,
): Issue[] {
  const issues: Issue[] = [];
  if (name !== undefined) checkName(issues, ["name"], name ?? "");
  if (from) issues.push(...issuesOfMailbox(from, ["from"]));
  issues.push(...issuesOfAddress(replyTo, ["replyTo"]));
  issues.push(...issuesOfAddress(adminEmail, ["adminEmail"]));
  if (timezone != null) issues.push(...issuesOfTimezone(timezone));
  if (
    minSuggestionConfidence != null &&
    !(minSuggestionConfidence >= 0 && minSuggestionConfidence <= 1)
  ) {
    const message = "must be a fraction from 0 to 1";
    issues.push({ path: ["minSuggestionConfidence"], code: "OUT_OF_RANGE", message });
  }
  return issues;
}

function issuesOfDomain(
  { mailFrom }: Services,
  { role }: Caller,
  organization: Organization,
  from: Mailbox,
): Issue[] {
  const sender = senderOf(organization) ?? mailFrom;
  if (role === "OPERATOR" || sender && domainOf(from) === domainOf(sender)) return [];
  return [{ path: ["from", "address"], code: "WRONG_DOMAIN", message: messageOf(sender) }];
}

function messageOf(sender: Mailbox | null | undefined): string {
  const domain = sender && domainOf(sender);
  // That of the default of MAIL_FROM, which is no sender that mail servers accept.
  if (!domain || domain === "localhost") {
    return "cannot be given before the OPERATOR has set it once, or MAIL_FROM";
  }
  return `must be of the domain ${domain}; only the OPERATOR may choose another domain`;
}
