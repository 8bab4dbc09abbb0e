import assert from "node:assert/strict";
import { openSmtpChannel } from "../../src/channels/email/smtp.ts";
import { parseSmtpUrl } from "../../src/channels/email/smtp_url.ts";
import { type Connection, statement } from "../../src/db/database.ts";
import type { Caller } from "../../src/domain/access/access.ts";
import { DomainError } from "../../src/domain/errors.ts";
import { cancelJob } from "../../src/domain/jobs/cancel.ts";
import { retryJob } from "../../src/domain/jobs/retry.ts";
import { isFinal } from "../../src/domain/messages/message.ts";
import { cancelMessage } from "../../src/domain/messages/cancel.ts";
import { getMessage } from "../../src/domain/messages/find.ts";
import { pauseMessage } from "../../src/domain/messages/pause.ts";
import { resumeMessage } from "../../src/domain/messages/resume.ts";
import { sendMessage } from "../../src/domain/messages/send.ts";
import { sweepMessages } from "../../src/domain/messages/sweep.ts";
import type { Services } from "../../src/domain/services.ts";
import { createBus } from "../../src/events/bus.ts";
import { startWorker } from "../../src/queue/worker.ts";
import { createOrganization } from "../support/callers.ts";
import { onPostgres } from "../support/database.ts";
import { assertDeliveriesHold } from "../support/delivery_ledger.ts";
import { assertJobsHold, openLedger } from "../support/ledger.ts";
import { logOf } from "../support/log.ts";
import { arrivals } from "../support/mail.ts";
import { mailHandlers, makeDue } from "../support/mail_worker.ts";
import { messageInput, people } from "../support/messages.ts";
import { type Random, withRandom } from "../support/random.ts";
import { type SmtpTestServer, startSmtpServer } from "../support/smtp.ts";
import { sleep, until } from "../support/until.ts";

const MESSAGES = 6;
const RECIPIENTS = 400;
const USERS = 8;
const OPERATIONS = 120;
const WORKERS = 3;

const JOBS = statement<[], { id: string }>("test.jobIds", "select id from jobs");

interface Run {
  readonly services: Services;
  readonly caller: Caller;
  readonly random: Random;
}

onPostgres(
  "operations at random while mails are sent leave every message consistent",
  ({ db }) =>
    withRandom(import.meta.url, async (random) => {
      await openLedger(db);
      const services = { db, bus: createBus() };
      const { admin: caller } = await createOrganization(db);
      const smtp = await startSmtpServer({
        reject: (address) => address.startsWith("person9@") ? "450 4.7.1 Come back later" : null,
      });
      const errors = await logOf(
        () => operateWhileSending({ services, caller, random }, smtp),
        "error",
      );
      await smtp.close();
      await services.bus.close();
      assert.deepEqual(errors, []);
      await assertJobsHold(db);
      await assertDeliveriesHold(db, arrivals(smtp));
    }),
);

async function operateWhileSending(run: Run, { url }: SmtpTestServer): Promise<void> {
  const { services, caller } = run;
  const channel = openSmtpChannel(parseSmtpUrl(url), { from: "noreply@example.com" });
  const workers = [];
  for (let n = 0; n < WORKERS; n++) {
    workers.push(
      await startWorker(services, {
        handlers: mailHandlers(services, { channel }),
        lanes: new Map([["BULK", 3]]),
      }),
    );
  }
  const ids: string[] = [];
  for (let n = 0; n < MESSAGES; n++) {
    const input = messageInput({ to: { list: people(RECIPIENTS) }, type: `type ${n % 2}` });
    ids.push((await sendMessage(services, caller, input)).message.id);
  }
  await Promise.all(Array.from({ length: USERS }, () => operate(run, ids)));
  for (const id of ids) await untilEnded(run, id);
  await Promise.all(workers.map((worker) => worker.stop()));
  await channel.close();
}

/** One user's operations, one after the other. */
async function operate({ services, caller, random }: Run, ids: readonly string[]): Promise<void> {
  const pickJob = async () => random.pick(await readJobIds(services.db));
  const weighted: [weight: number, operation: () => Promise<unknown>][] = [
    [6, () => pauseMessage(services, caller, random.pick(ids))],
    [8, () => resumeMessage(services, caller, random.pick(ids))],
    [1, () => cancelMessage(services, caller, random.pick(ids.slice(0, 2)))],
    [2, async () => cancelJob(services, caller, await pickJob())],
    [4, async () => retryJob(services, caller, await pickJob())],
    [2, () => sweepMessages(services)],
    [2, () => makeDue(services)],
  ];
  const operations = weighted.flatMap(([weight, operation]) =>
    Array<typeof operation>(weight).fill(operation)
  );
  for (let n = 0; n < OPERATIONS / USERS; n++) {
    await sleep(150 * random.number());
    // The operation may not be allowed in the current state, for example after the message has ended.
    await random.pick(operations)().catch((error) => {
      if (!(error instanceof DomainError)) throw error;
    });
  }
}

function untilEnded({ services, caller }: Run, id: string): Promise<boolean> {
  return until(`message ${id} has ended`, async () => {
    await sweepMessages(services);
    await makeDue(services);
    const { status } = await getMessage(services, caller, id);
    if (status === "PAUSED") await resumeMessage(services, caller, id);
    return isFinal(status);
  });
}

async function readJobIds(db: Connection): Promise<string[]> {
  return (await db.run(JOBS)).map(({ id }) => id);
}
