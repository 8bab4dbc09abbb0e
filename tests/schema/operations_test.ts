import assert from "node:assert/strict";
import {
  type DocumentNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  separateOperations,
} from "graphql";
import { addRecipients } from "../../src/domain/audiences/add_recipients.ts";
import { beginImport, finishImport } from "../../src/domain/audiences/import.ts";
import { startBulkAction } from "../../src/domain/bulk_actions/start.ts";
import { listDeliveries } from "../../src/domain/deliveries/list.ts";
import { putOnHold } from "../../src/domain/installation/hold.ts";
import { type Noun, toTypeId } from "../../src/domain/id.ts";
import { listJobs } from "../../src/domain/jobs/list.ts";
import { upsertOrder } from "../../src/domain/orders/upsert.ts";
import type { Page } from "../../src/domain/page.ts";
import { savePrompt } from "../../src/domain/prompts/save.ts";
import { createSchedule } from "../../src/domain/schedules/create.ts";
import { addSuppressions } from "../../src/domain/suppressions/edit.ts";
import { saveTemplate } from "../../src/domain/templates/save.ts";
import { testEndpoint } from "../../src/domain/webhooks/replay.ts";
import { createOrganization } from "../support/callers.ts";
import { addCampaign, campaignInput } from "../support/campaigns.ts";
import { addContacts, contactAt } from "../support/contacts.ts";
import { onEveryDatabase } from "../support/database.ts";
import { importPeople } from "../support/messages.ts";
import { notificationsOf } from "../support/notifications.ts";
import { INPUTS } from "../support/operation_inputs.ts";
import { orderInput } from "../support/orders.ts";
import { failJobs, problemOf } from "../support/problems.ts";
import { type GraphQLBody, type TestServer, withServer } from "../support/server.ts";
import { addTrial } from "../support/trials.ts";
import { addEndpoint } from "../support/webhooks.ts";

const FILE = new URL("operations.graphql", import.meta.url);
const DOCUMENTS = separateOperations(parse(await Deno.readTextFile(FILE)));

interface Ids {
  readonly problem: string;
  readonly job: string;
  readonly message: string;
  readonly delivery: string;
  /** For the mutation deleteAudience, because later operations use `audience`. */
  readonly deleteaudience: string;
  readonly audience: string;
  readonly key: string;
  readonly suppression: string;
  readonly order: string;
  readonly campaign: string;
  readonly template: string;
  readonly prompttrial: string;
  readonly prompt: string;
  readonly notification: string;
  /** For the mutation eraseContact, because later operations use `contact`. */
  readonly erasecontact: string;
  readonly contact: string;
  readonly provider: string;
  readonly schedule: string;
  // In lower case, as the names of fields are compared.
  readonly bulkaction: string;
  readonly webhookcall: string;
  readonly webhook: string;
  readonly deleteorganization: string;
  readonly organization: string;
}

onEveryDatabase(
  "every client operation succeeds, with pages of 200",
  ({ db }, step) =>
    withServer(db, async (server) => {
      const ids = await prepare(server);
      for (const [name, document] of Object.entries(DOCUMENTS)) {
        await step.step(name, async () => {
          const { errors, data } = await send(server, document, ids);
          assert.equal(errors, undefined);
          for (const [field, value] of Object.entries<{ __typename?: string } | null>(data)) {
            assert.ok(value, `${field} is null`);
            assert.doesNotMatch(value.__typename ?? "", /Error$/, JSON.stringify(value));
          }
        });
      }
    }),
);

/** Creates one object of each noun, and returns their ids. */
async function prepare({ services, organization, post, keys }: TestServer): Promise<Ids> {
  const { admin } = organization;
  await failJobs({ services, organization }, ["No answer"], {}, "CLEANUP");
  const { id: problemId } = await problemOf({ services, organization });
  // Of the new problem, for the callers of keys without a user.
  const [notification] = await notificationsOf(services, organization.operator);
  const recipient = { address: "ada@example.com", name: "Ada", variables: {} };
  const { id } = await beginImport(services, admin, { name: "July", bytesTotal: null });
  await addRecipients(services, admin, id, [
    { line: 2, recipient },
    { line: 3, reason: "no address" },
  ], 100);
  await finishImport(services, admin, id);
  const sent = await post(
    "mutation ($input: SendMessageInput!) { sendMessage(input: $input) { __typename } }",
    { variables: { input: INPUTS.SendMessageInput } },
  );
  assert.equal(sent.body.data.sendMessage.__typename, "SendMessagePayload");
  const key = await post(
    'mutation { createApiKey(input: { name: "x", role: ADMIN }) { ... on CreateApiKeyPayload { apiKey { id } } } }',
    { key: keys.OPERATOR },
  );
  const campaign = await addCampaign(services, admin, campaignInput());
  const [suppression] = await addSuppressions(services, admin, {
    channel: "EMAIL",
    addresses: ["cleo@example.com"],
  });
  const content = { subject: "Hello", html: "<p>Hello</p>" };
  const { template } = await saveTemplate(services, admin, { name: "June", content });
  const prompt = await savePrompt(services, admin, { name: "quote", text: "{{ data_notice }}" });
  const trial = await addTrial(services, admin, prompt.id);
  await addContacts(services, admin, [{ email: "ada@example.com" }, { email: "max@example.com" }]);
  const contactId = async (address: string) =>
    toTypeId("contact", (await contactAt(services, admin, address)).id);
  const { order } = await upsertOrder(services, admin, orderInput());
  const bulkAction = await startBulkAction(services, admin, {
    target: { action: "RETRY", deliveries: { filter: { retryable: true } }, force: false },
    stages: [1],
    stopAtFailedFraction: 0.5,
  });
  const { schedule } = await createSchedule(services, admin, {
    name: "weekly",
    kind: "CLEANUP",
    payload: {},
    cron: "0 3 * * 1",
    timezone: "UTC",
    enabled: true,
  });
  const { endpoint } = await addEndpoint(services, admin, "https://example.com/");
  const webhookCall = await testEndpoint(services, admin, endpoint.id);
  await putOnHold(services, "Restored");
  const [delivery] = (await listDeliveries(services, admin, {}, "CREATED_ASC", {})).edges;
  return {
    problem: toTypeId("problem", problemId),
    job: first("job", await listJobs(services, admin, {}, "CREATED_DESC", {})),
    message: toTypeId("message", delivery?.node.messageId ?? ""),
    delivery: toTypeId("delivery", delivery?.node.id ?? ""),
    deleteaudience: toTypeId("audience", (await importPeople(services, admin, 1)).id),
    audience: toTypeId("audience", id),
    key: key.body.data.createApiKey.apiKey.id,
    suppression: toTypeId("suppression", suppression?.id ?? ""),
    order: toTypeId("order", order.id),
    campaign: toTypeId("campaign", campaign.id),
    template: toTypeId("template", template.id),
    prompttrial: toTypeId("promptTrial", trial.id),
    prompt: toTypeId("prompt", prompt.id),
    notification: toTypeId("notification", notification?.id ?? ""),
    erasecontact: await contactId("max@example.com"),
    contact: await contactId("ada@example.com"),
    provider: toTypeId("provider", services.settings?.providerIds[0] ?? ""),
    schedule: toTypeId("schedule", schedule.id),
    bulkaction: toTypeId("bulkAction", bulkAction.id),
    webhookcall: toTypeId("webhookCall", webhookCall.id),
    webhook: toTypeId("webhookEndpoint", endpoint.id),
    deleteorganization: toTypeId(
      "organization",
      (await createOrganization(services.db, "August")).id,
    ),
    organization: toTypeId("organization", admin.organizationId),
  };
}

function first(noun: Noun, { edges }: Page<{ readonly id: string }>): string {
  return toTypeId(noun, edges[0]?.node.id ?? "");
}

async function send(
  { post, connect, keys: { OPERATOR: key } }: TestServer,
  document: DocumentNode,
  ids: Ids,
): Promise<GraphQLBody> {
  const operation = document.definitions.find((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
  );
  if (!operation) throw new Error("The document has no operation");
  const query = print(document);
  const variables = variablesOf(operation, ids);
  if (operation.operation !== "subscription") return (await post(query, { variables, key })).body;
  const events = connect(key).iterate({ query, variables });
  const { value } = await events.next();
  await events.return?.();
  return value;
}

function variablesOf(
  { selectionSet, variableDefinitions = [] }: OperationDefinitionNode,
  ids: Ids,
): Record<string, unknown> {
  const [root] = selectionSet.selections;
  const field = root?.kind === Kind.FIELD ? root.name.value : "";
  const values: Readonly<Record<string, unknown>> = {
    first: 200,
    daysToKeep: 90,
    from: "2026-03-01T00:00:00Z",
    to: "2026-04-01T00:00:00Z",
    bucket: "DAY",
    timezone: "Europe/Berlin",
    id: Object.entries(ids).find(([noun]) => field.toLowerCase().includes(noun))?.[1] ?? ids.job,
    audience: ids.audience,
    contact: ids.contact,
    organizationId: ids.organization,
    deliveries: [ids.delivery],
    message: ids.message,
    prompt: ids.prompt,
    delivery: ids.delivery,
    job: ids.job,
    name: "August",
    cron: "*/15 9-17 * * 1-5",
    text: "ada@example.com",
    subject: ids.message,
    ids: field.endsWith("Suppressions") ? [ids.suppression] : [ids.notification],
    callIds: [ids.webhookcall],
    lane: "AI",
    userId: "max",
  };
  return Object.fromEntries(variableDefinitions.map(({ variable, type }) => {
    const name = variable.name.value;
    const input = type.kind === Kind.NON_NULL_TYPE ? INPUTS[print(type.type)] : undefined;
    return [name, values[name] ?? input];
  }));
}
