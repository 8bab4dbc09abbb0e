import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "graphql-ws";
import { type Program, request, startProgram } from "../support/program.ts";

const PEOPLE = 5_000;
const STOP_LIMIT_MS = 10_000;

interface Update {
  readonly status: string;
  readonly stats: { readonly sent: number; readonly sending: number; readonly pending: number };
}

async function importPeople({ address, key }: Program): Promise<string> {
  const rows = Array.from({ length: PEOPLE }, (_, n) => `person${n}@example.com,Person ${n},pro\n`);
  const response = await fetch(`${address}/import/recipients?name=People`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "text/csv" },
    body: `email,name,plan\n${rows.join("")}`,
  });
  const report = await response.json();
  assert.equal(report.taken, PEOPLE);
  return report.audienceId;
}

async function send(program: Program, audience: string): Promise<string> {
  const { sendMessage } = await request<{ sendMessage: { message: { id: string } } }>(
    program,
    `mutation ($audience: ID!) {
      sendMessage(input: {
        title: "July", to: { audienceId: $audience }
        content: { subject: "News for {{ name }}", text: "You are on our {{ plan }} plan." }
      }) { ... on SendMessagePayload { message { id } } ... on Error { reason } }
    }`,
    { audience },
  );
  return sendMessage.message.id;
}

/** Watches the message to its end; pauses it once and resumes it when no delivery is in flight. */
async function watchPausing(program: Program, id: string): Promise<Update[]> {
  const client = createClient({
    url: `${program.address.replace("http", "ws")}/graphql`,
    connectionParams: { authorization: `Bearer ${program.key}` },
  });
  const received: Update[] = [];
  let paused = false;
  const updates = client.iterate<{ messageUpdated: Update }>({
    query: `subscription ($id: ID!) {
      messageUpdated(id: $id) { status stats { sent sending pending } }
    }`,
    variables: { id },
  });
  for await (const { data } of updates) {
    const update = data?.messageUpdated;
    assert.ok(update);
    received.push(update);
    if (!paused && update.stats.sent > 0) {
      paused = true;
      await request(program, `mutation { pauseMessage(id: "${id}") { __typename } }`);
    }
    if (update.status === "PAUSED" && update.stats.sending === 0) {
      await request(program, `mutation { resumeMessage(id: "${id}") { __typename } }`);
    }
  }
  await client.dispose();
  return received;
}

async function countDeliveries(program: Program, id: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  let after: string | null = null;
  do {
    const { deliveries }: {
      deliveries: {
        nodes: { status: string }[];
        pageInfo: { hasNextPage: boolean; endCursor: string };
      };
    } = await request(
      program,
      `query ($id: ID!, $after: String) {
        deliveries(filter: { messageId: $id }, first: 200, after: $after) {
          nodes { status } pageInfo { hasNextPage endCursor }
        }
      }`,
      { id, after },
    );
    for (const { status } of deliveries.nodes) counts[status] = (counts[status] ?? 0) + 1;
    after = deliveries.pageInfo.hasNextPage ? deliveries.pageInfo.endCursor : null;
  } while (after);
  return counts;
}

async function countFiles(directory: string): Promise<number> {
  let count = 0;
  for await (const entry of Deno.readDir(directory)) {
    count += entry.isDirectory ? await countFiles(join(directory, entry.name)) : 1;
  }
  return count;
}

Deno.test("a first start imports and sends to 5,000 recipients, with a pause", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "waybill-e2e-"));
  const program = await startProgram({ DATA_DIR: dataDir });
  const id = await send(program, await importPeople(program));
  const received = await watchPausing(program, id);

  assert.ok(received.some(({ status }) => status === "PAUSED"), "no update has the status PAUSED");
  const idlePauses = received.filter(({ status, stats }) =>
    status === "PAUSED" && stats.sending === 0
  );
  assert.ok(
    idlePauses.some(({ stats }) => stats.pending > 0),
    "no delivery was pending during the pause",
  );
  assert.deepEqual(received.at(-1), {
    status: "SENT",
    stats: { sent: PEOPLE, sending: 0, pending: 0 },
  });
  assert.deepEqual(await countDeliveries(program, id), { SENT: PEOPLE });
  assert.equal(await countFiles(join(dataDir, "mail")), PEOPLE);

  const stopStartedAt = performance.now();
  assert.equal(await program.stop(), 0);
  assert.ok(performance.now() - stopStartedAt < STOP_LIMIT_MS);
  await rm(dataDir, { recursive: true });
});
