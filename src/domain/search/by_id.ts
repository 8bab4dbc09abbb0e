import { type Connection, type Statement, statement } from "../../db/database.ts";
import { type Caller, type Role, SYSTEM_ORGANIZATION_ID } from "../access/access.ts";
import type { Noun } from "../id.ts";
import type { SearchHit } from "./hit.ts";

type FindById = Statement<
  [organizationId: string, role: Role, userId: string | null, id: string],
  SearchHit
>;

// A MEMBER sees the objects of its own user, see `ownsOrAdministers`.
const own = (userId: string) => `(c.role <> 'MEMBER' or ${userId} = c.user_id)`;
const OPERATOR = "c.role = 'OPERATOR'";
const OF_SYSTEM = `o.organization_id = '${SYSTEM_ORGANIZATION_ID}'`;

// Null: objects of this kind are not found by their ids.
const FIND_BY_ID: Readonly<Record<Noun, FindById | null>> = {
  message: find("message", "o.title", "o.status", `messages o`, own("o.user_id")),
  batch: find(
    "batch",
    "m.title",
    "'batch ' || o.number",
    "batches o join messages m on m.id = o.message_id",
    own("m.user_id"),
  ),
  delivery: find(
    "delivery",
    "o.address",
    "m.title",
    "deliveries o join messages m on m.id = o.message_id",
    own("m.user_id"),
  ),
  job: find(
    "job",
    "o.kind",
    "o.status",
    "jobs o",
    own("o.user_id"),
    `${OPERATOR} and ${OF_SYSTEM}`,
  ),
  schedule: find(
    "schedule",
    "o.name",
    "o.kind",
    "schedules o",
    "c.role <> 'MEMBER'",
    `c.role <> 'MEMBER' and ${OF_SYSTEM}`,
  ),
  audience: find("audience", "o.name", "null", "audiences o", own("o.user_id")),
  template: find("template", "o.name", "'version ' || o.version", "templates o", "true"),
  prompt: find("prompt", "o.name", "'version ' || o.version", "prompt_versions o", "true"),
  promptTrial: find(
    "promptTrial",
    "o.name",
    "'trial of version ' || v.version",
    "prompt_trials o join prompt_versions v on v.id = o.prompt_id",
    "true",
  ),
  suppression: find("suppression", "o.address", "o.reason", "suppressions o", "true"),
  contact: find(
    "contact",
    "coalesce(o.email, o.psid)",
    "o.name",
    "contacts o",
    "o.erasing_since is null",
  ),
  campaign: find(
    "campaign",
    "m.title",
    "o.type",
    "campaigns o join messages m on m.id = o.message_id",
    "true",
  ),
  quote: find("quote", "o.customer_name", "o.status", "quotes o", "true"),
  quoteImage: null,
  suggestion: find(
    "suggestion",
    "t.subject",
    "o.status",
    "suggestions o join threads t on t.id = o.thread_id",
    "true",
  ),
  order: find("order", "o.number", "o.status", "orders o", "true"),
  thread: find("thread", "o.subject", "o.contact_email", "threads o", "true"),
  email: null,
  fact: find("fact", "o.question", "o.state", "facts o", "true"),
  knowledge: null,
  learningRun: find(
    "learningRun",
    "'Email learning'",
    "o.status",
    "learning_runs o",
    own("o.started_by"),
  ),
  bulkAction: find("bulkAction", "o.action", "o.state", "bulk_actions o", own("o.user_id")),
  problem: find("problem", "o.pattern", "o.state", "problems o", "c.role <> 'MEMBER'"),
  webhookEndpoint: find(
    "webhookEndpoint",
    "o.url",
    "null",
    "webhook_endpoints o",
    "c.role <> 'MEMBER'",
  ),
  aiCall: null,
  webhookCall: find(
    "webhookCall",
    "o.event",
    "o.status",
    "webhook_calls o",
    "c.role <> 'MEMBER'",
  ),
  apiKey: find("apiKey", "o.name", "o.role", "api_keys o", "c.role <> 'MEMBER'"),
  organization: find(
    "organization",
    "o.name",
    "null",
    `(select id as organization_id, * from organizations
      where deleting_since is null and id <> '${SYSTEM_ORGANIZATION_ID}') o`,
    "true",
    OPERATOR,
  ),
  provider: find("provider", "o.name", "o.channel", ofInstallation("providers"), "false", OPERATOR),
  worker: find("worker", "o.host", "null", ofInstallation("workers"), "false", OPERATOR),
  installation: null,
  notification: null,
  overview: null,
  viewer: null,
};

/**
 * Builds the statement for one kind of object `o`.
 *
 * @param allowed condition in SQL that caller `c` may see it, if it is of the caller's organization
 * @param anywhere condition in SQL that the caller may see it in any organization
 */
function find(
  noun: Noun,
  title: string,
  detail: string,
  from: string,
  allowed: string,
  anywhere = "false",
): FindById {
  return statement(
    `search.byId.${noun}`,
    `select '${noun}' as noun, o.id, ${title} as title, ${detail} as detail
     from (select $1::uuid as organization, $2::text as role, $3::text as user_id) c, ${from}
     where o.id = $4 and (o.organization_id = c.organization and ${allowed} or ${anywhere})`,
  );
}

// Their rows belong to no organization.
function ofInstallation(table: string): string {
  return `(select null::uuid as organization_id, * from ${table}) o`;
}

/** Finds the object of a kind with a database id, if the caller may see it. */
export async function findById(
  db: Connection,
  { organizationId, role, userId }: Caller,
  noun: Noun,
  id: string,
): Promise<SearchHit[]> {
  const found = FIND_BY_ID[noun];
  return found ? await db.run(found, organizationId, role, userId, id) : [];
}
