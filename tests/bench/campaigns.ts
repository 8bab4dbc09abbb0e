// Registrations and cycles of campaigns, through a `serve` process with default settings: registrations per second by
// 8 HTTP clients, the latency from a registration to the acceptance of its welcome by the mail server, idle and
// beside a bulk, and the time that the look-up of a cycle takes. PostgreSQL only. Options for a short run:
// --contacts, --seconds, --bulk, --lone, --no-cycle.
import { parseArgs } from "node:util";
import { statement } from "../../src/db/database.ts";
import type { Caller } from "../../src/domain/access/access.ts";
import { createCampaign } from "../../src/domain/campaigns/create.ts";
import { queueDue } from "../../src/domain/campaigns/cycle.ts";
import { enrolPage, FIRST_CONTACT } from "../../src/domain/campaigns/enrol_existing.ts";
import type { Services } from "../../src/domain/services.ts";
import { request } from "../support/program.ts";
import { perSecond, report } from "./report.ts";
import {
  type Bench,
  now,
  pause,
  reportLatencies,
  startBulk,
  type Target,
  untilAccepted,
  withProgram,
} from "./small_messages.ts";
import { readSink, startSink } from "./smtp_send.ts";

const { values } = parseArgs({
  options: {
    contacts: { type: "string", default: "100000" },
    seconds: { type: "string", default: "5" },
    bulk: { type: "string", default: "1000000" },
    lone: { type: "string", default: "200" },
    cycle: { type: "boolean", default: true },
  },
  allowNegative: true,
});
const CONTACTS = Number(values.contacts);
const SECONDS = Number(values.seconds);
const BULK = Number(values.bulk);
const LONE = Number(values.lone);
const CLIENTS = 8;
const DATES = ["search_engine", "portfolio_builder", "platform_complete"];
const LOOK_UPS = 50;

const REGISTER = `mutation Register($input: RegisterContactInput!) {
  registerContact(input: $input) { __typename ... on Error { reason } }
}`;

const ADD_CONTACTS = statement<[organizationId: string, count: number]>(
  "bench.addContacts",
  `insert into contacts (organization_id, email, email_key, name)
   select $1, 'person' || n || '@example.net', 'person' || n || '@example.net', 'Person ' || n
   from generate_series(1, $2) n`,
  { deadlineMs: 60_000 },
);

const PASS_DATES = statement<[]>(
  "bench.passDates",
  "update messages set send_at = now() - interval '1 minute' where open and send_at is not null",
);

/** Registers a person, whose address has the time for the sink. */
async function register(target: Target, n: number): Promise<void> {
  const email = `at${performance.timeOrigin + performance.now()}@example.net`;
  const { registerContact: result } = await request<{ registerContact?: { __typename: string } }>(
    target,
    REGISTER,
    { input: { email, name: `Person ${n}`, sendWelcome: true } },
  );
  if (result?.__typename !== "RegisterContactPayload") throw new Error(JSON.stringify(result));
}

/** Registers a person each second; returns milliseconds from the mutation to the acceptance of the mail. */
async function registerLone(target: Target, intervalMs: number): Promise<number[]> {
  const registered: Promise<void>[] = [];
  for (let n = 0; n < LONE; n++) {
    registered.push(register(target, n));
    await pause(intervalMs);
  }
  await Promise.all(registered);
  const latencies: number[] = [];
  while (latencies.length < LONE) {
    await pause(100);
    latencies.push(...(await readSink(sink.port)).latencies);
  }
  return latencies;
}

async function addCampaigns(services: Services, caller: Caller): Promise<string[]> {
  const base = {
    content: { subject: "Hello {{ name }}", text: "Dear {{ name }}," },
    enabled: true,
  };
  await createCampaign(services, caller, {
    ...base,
    type: "welcome",
    name: "Welcome",
    trigger: "SIGNUP",
    sendToLateContacts: false,
  });
  const sendAt = new Date("2100-01-01T00:00:00Z");
  const ids: string[] = [];
  for (const type of DATES) {
    const { campaign } = await createCampaign(services, caller, {
      ...base,
      type,
      name: type,
      trigger: "DATE",
      sendAt,
      sendToLateContacts: false,
    });
    ids.push(campaign.id);
  }
  return ids;
}

async function enrolAll(services: Services, caller: Caller): Promise<void> {
  await services.db.run(ADD_CONTACTS, caller.organizationId, CONTACTS);
  const start = performance.now();
  for (const id of await addCampaigns(services, caller)) {
    let after: string | null = FIRST_CONTACT;
    while (after !== null) {
      ({ last: after } = await enrolPage(services, caller.organizationId, id, after));
    }
  }
  const seconds = (performance.now() - start) / 1_000;
  report(
    `${CONTACTS} contacts enrolled in ${DATES.length} campaigns`,
    perSecond(CONTACTS * DATES.length / seconds),
  );
  const lookUps: number[] = [];
  for (let n = 0; n < LOOK_UPS; n++) {
    const begin = performance.now();
    await queueDue(services, null, 100);
    lookUps.push(performance.now() - begin);
  }
  reportLatencies("look-up of a cycle, nothing due", lookUps);
}

async function measureRate({ target }: Bench): Promise<void> {
  const start = now();
  const end = performance.now() + SECONDS * 1_000;
  let count = 0;
  await Promise.all(Array.from({ length: CLIENTS }, async () => {
    while (performance.now() < end) await register(target, count++);
  }));
  report(`registrations from ${CLIENTS} clients`, perSecond(count / (now() - start) * 1_000));
  await untilAccepted(sink.port, count);
}

/** Queues all mails of the three dates; the program sends them meanwhile. */
async function measureCycle({ services, target }: Bench): Promise<void> {
  const memory = await residentMB(target.process.pid);
  await services.db.run(PASS_DATES);
  const start = performance.now();
  let [queued, turns] = [0, 0];
  for (let turn = await queueDue(services, null, 100); turn.length > 0; turns++) {
    queued += turn.reduce((sum, { count }) => sum + count, 0);
    turn = await queueDue(services, null, 100);
  }
  const ms = performance.now() - start;
  report(`${queued} mails queued in ${turns} turns`, `${(ms / turns).toFixed(1)} ms per turn`);
  await untilAccepted(sink.port, queued);
  const grown = await residentMB(target.process.pid) - memory;
  report("memory of the program, after - before sending them", `${grown.toFixed(0)} MB`);
}

async function residentMB(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024;
}

const sink = await startSink();
try {
  await withProgram(sink.port, enrolAll, async (bench) => {
    await registerLone(bench.target, 50);
    reportLatencies("idle: registration to SMTP acceptance", await registerLone(bench.target, 50));
    await measureRate(bench);
    if (values.cycle) await measureCycle(bench);
    await startBulk(bench.services, bench.caller, BULK);
    await untilAccepted(sink.port, 1_000);
    reportLatencies(
      `beside ${BULK} of a bulk: registration to SMTP acceptance`,
      await registerLone(bench.target, 1_000),
    );
  });
} finally {
  await sink.stop();
}
