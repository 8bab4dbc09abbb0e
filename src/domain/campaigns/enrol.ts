import { type Connection, LONG, statement } from "../../db/database.ts";
import { BATCH_SIZE } from "../deliveries/batches.ts";
import { insertBatchesFrom, insertDeliveriesFrom } from "../deliveries/create.ts";
import { toTypeId } from "../id.ts";
import { announceJob } from "../jobs/announce.ts";
import { insertJobsFrom } from "../jobs/enqueue.ts";
import { JOB_KINDS } from "../jobs/kinds.ts";
import type { Lane } from "../jobs/lane.ts";
import { appendStarts, growMessages } from "../messages/open.ts";
import type { Services } from "../services.ts";

/** A campaign in which contacts are enrolled. The transaction has locked its message. */
interface OpenCampaign {
  readonly campaignId: string;
  readonly messageId: string;
  readonly organizationId: string;
  /** Whether its mails are sent at once, so that their batches are created with them. */
  readonly atOnce: boolean;
}

/** A contact that is enrolled. */
export interface Enrolling {
  readonly contactId: string;
  /** Whether it gets the mails of campaigns with the trigger SIGNUP. */
  readonly welcome: boolean;
}

/** A mail of a campaign that was created for a contact. */
export interface Enrolment {
  readonly contactId: string;
  readonly campaignId: string;
  readonly deliveryId: string;
  readonly messageId: string;
  readonly organizationId: string;
  readonly type: string;
  readonly lane: Lane;
  /** Job that sends it; null: a later cycle queues it. */
  readonly jobId: string | null;
  /** Number of mails of the job. */
  readonly size: number | null;
}

const OPEN = `select c.id as "campaignId", c.message_id as "messageId",
    c.organization_id as "organizationId", c.trigger = 'SIGNUP' as "atOnce"
  from campaigns c join messages m on m.id = c.message_id and m.open`;

// A statement of its own, so that the next one sees the enrolments of transactions that held these
// locks before. In the order of ids, because two transactions would otherwise deadlock. The estimate for the subquery
// does not depend on the ids, so that PostgreSQL keeps the plan instead of planning each time.
const LOCK_CURRENT = statement<[organizationIds: string[]], OpenCampaign>(
  "campaigns.lockCurrent",
  `${OPEN}
   where c.organization_id = any(array(select unnest($1::uuid[]))) and c.enabled
     and (c.send_at is null or c.send_at > now() or c.send_to_late_contacts)
   order by m.id for no key update of m`,
);

const LOCK_ONE = statement<[campaignId: string], OpenCampaign>(
  "campaigns.lockOne",
  `${OPEN} where c.id = $1 and c.enabled for no key update of m`,
);

// `offset 0` forces index lookups: a join could read all contacts or deliveries. If a contact was
// erased, a delivery to its address exists without an enrolment. The contacts are JSON, because the estimate for an
// array depends on its length: PostgreSQL would plan the statement each time, which takes about 1 ms.
const ENROL = statement<[campaigns: string, contacts: string], Enrolment>(
  "campaigns.enrol",
  `with campaign as materialized (
     select * from jsonb_to_recordset($1::jsonb) as r("campaignId" uuid, "messageId" uuid,
       "organizationId" uuid, "atOnce" boolean, subject text)
   ),
   picked as materialized (
     select contact_id, bool_or(welcome) as welcome, min(position) as position
     from rows from (jsonb_to_recordset($2::jsonb) as ("contactId" uuid, welcome boolean))
       with ordinality as u(contact_id, welcome, position)
     group by 1
   ),
   wanted as materialized (
     select c.*, k.*, row_number() over (partition by c."messageId" order by p.position) as k
     from picked p
       cross join lateral (
         select id as contact_id, organization_id, email, name, variables from contacts
         where id = p.contact_id and email is not null and erasing_since is null offset 0) k
       join campaign c on c."organizationId" = k.organization_id and (p.welcome or not c."atOnce")
     where not exists (
         select from enrolments
         where campaign_id = c."campaignId" and contact_id = k.contact_id offset 0)
       and not exists (
         select from deliveries
         where lower(address) = lower(k.email) and message_id = c."messageId" offset 0)
   ),
   added as materialized (
     select "messageId" as id, count(*)::int as added,
       case when "atOnce" then (count(*)::int + ${BATCH_SIZE} - 1) / ${BATCH_SIZE} else 0 end as batches
     from wanted group by "messageId", "atOnce"
   ),
   grown as (${growMessages("added")}),
   begun as (
     select a.id, g.recipient_count as count from added a join grown g on g.id = a.id
     where a.batches > 0
   ),
   events as (${appendStarts("begun")}),
   placed as materialized (
     select w.*, uuid_v7() as delivery_id, (g.recipient_count - a.added + w.k)::int as n,
       case when w."atOnce"
         then g.last_batch - a.batches + (w.k::int + ${BATCH_SIZE} - 1) / ${BATCH_SIZE} end as number
     from wanted w join added a on a.id = w."messageId" join grown g on g.id = a.id
   ),
   enrolled as (
     insert into enrolments (campaign_id, contact_id, organization_id, n)
     select "campaignId", contact_id, organization_id, n from placed
   ),
   d as (${
    insertDeliveriesFrom(
      `(select delivery_id as id, "organizationId", "messageId", n, number as "batchNumber",
          email as address, name, variables from placed) r`,
    )
  }),
   cut as materialized (
     select uuid_v7() as id, uuid_v7() as job_id, organization_id, "messageId" as message_id, subject,
       number, min(n) as lo, max(n) as hi, count(*)::int as size
     from placed where number is not null group by organization_id, "messageId", subject, number
   ),
   b as (${insertBatchesFrom("cut")}),
   j as (${
    insertJobsFrom(
      `(select cut.job_id as id, organization_id, user_id, 'SEND_BATCH' as kind, lane, type as topic,
          priority, null::timestamptz as run_at,
          ${JOB_KINDS.SEND_BATCH.maxAttempts}::smallint as max_attempts, null as unique_key, subject,
          jsonb_build_object('batchId', cut.id) as payload, size
        from cut join grown on grown.id = message_id) r`,
    )
  })
   select p.contact_id as "contactId", p."campaignId", p.delivery_id as "deliveryId", p."messageId", p."organizationId",
     g.type, g.lane, cut.job_id as "jobId", cut.size
   from placed p join grown g on g.id = p."messageId"
     left join cut on cut.message_id = p."messageId" and cut.number = p.number
   order by p.n`,
  LONG,
);

/**
 * Enrols contacts in the current campaigns of their organizations: those with the trigger SIGNUP, and those with a
 * future date or for late contacts. A contact that is enrolled already, or has no email address, is skipped. Call
 * `announceMails` after the commit.
 *
 * @param tx transaction that has called `shareCampaigns`
 * @param contacts up to some thousands
 */
export async function enrolContacts(
  tx: Connection,
  organizationIds: readonly string[],
  contacts: readonly Enrolling[],
): Promise<Enrolment[]> {
  const current = await tx.run(LOCK_CURRENT, [...organizationIds]);
  return await enrol(tx, current, contacts);
}

/**
 * Enrols contacts in one campaign, unless it is disabled.
 *
 * @param contactIds up to some thousands
 * @returns number of the new mails; null: the campaign is disabled
 */
export async function enrolInCampaign(
  tx: Connection,
  campaignId: string,
  contactIds: readonly string[],
): Promise<number | null> {
  const open = await tx.run(LOCK_ONE, campaignId);
  if (open.length === 0) return null;
  const contacts = contactIds.map((contactId) => ({ contactId, welcome: true }));
  return (await enrol(tx, open, contacts)).length;
}

async function enrol(
  tx: Connection,
  campaigns: readonly OpenCampaign[],
  contacts: readonly Enrolling[],
): Promise<Enrolment[]> {
  if (campaigns.length === 0 || contacts.length === 0) return [];
  return await tx.run(
    ENROL,
    JSON.stringify(campaigns.map((campaign) => ({
      ...campaign,
      subject: toTypeId("message", campaign.messageId),
    }))),
    JSON.stringify(contacts),
  );
}

/** Wakes the workers for new mails that are sent at once, and publishes all of them. */
export function announceMails(services: Services, enrolments: readonly Enrolment[]): void {
  const { bus } = services;
  for (const [jobId, [first]] of Map.groupBy(enrolments, ({ jobId }) => jobId)) {
    if (jobId === null || !first || first.size === null) continue;
    const { lane, organizationId, type: topic, size } = first;
    announceJob(services, { lane, organizationId, topic, size });
    bus.publish("jobs", organizationId, [jobId]);
  }
  for (const [id, mails] of Map.groupBy(enrolments, ({ organizationId }) => organizationId)) {
    bus.publish("messages", id, [...new Set(mails.map(({ messageId }) => messageId))]);
    bus.publish("campaigns", id, [...new Set(mails.map(({ campaignId }) => campaignId))]);
    bus.publish("deliveries", id, mails.map(({ deliveryId }) => deliveryId));
  }
}
