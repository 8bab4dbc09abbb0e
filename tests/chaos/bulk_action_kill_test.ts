import assert from "node:assert/strict";
import { listDeliveries } from "../../src/domain/deliveries/list.ts";
import { isFinal } from "../../src/domain/messages/message.ts";
import { sendMessage } from "../../src/domain/messages/send.ts";
import { createBus } from "../../src/events/bus.ts";
import { readAction, startAction } from "../support/bulk_actions.ts";
import { createOrganization } from "../support/callers.ts";
import { onPostgres } from "../support/database.ts";
import { assertDeliveriesHold } from "../support/delivery_ledger.ts";
import { assertJobsHold, openLedger } from "../support/ledger.ts";
import { arrivals } from "../support/mail.ts";
import { endMailProcess, startMailProcess } from "../support/mail_process.ts";
import { makeDue } from "../support/mail_worker.ts";
import { messageInput, people, readStatus, tally } from "../support/messages.ts";
import { refusals } from "../support/retries.ts";
import { startSmtpServer } from "../support/smtp.ts";
import { sleep, until } from "../support/until.ts";

const RECIPIENTS = 60;
// Slow enough that a process is killed while a stage is being sent.
const REPLY_MS = 100;

onPostgres(
  "a bulk action acts once on each item, although each of its workers is killed",
  async ({ db, url }) => {
    await openLedger(db);
    const services = { db, bus: createBus() };
    const { admin } = await createOrganization(db);
    const smtp = await startSmtpServer({ beforeReply: () => sleep(REPLY_MS) });
    const replies = refusals(smtp);
    replies.refuse(people(RECIPIENTS).map((_, index) => index + 1));
    const start = () => startMailProcess(db, { databaseUrl: url, smtpUrl: smtp.url });
    const input = messageInput({ to: { list: people(RECIPIENTS) } });
    const { message } = await sendMessage(services, admin, input);
    {
      await using process = await start();
      await until("the message has ended", async () => isFinal(await readStatus(db, message.id)));
      await endMailProcess(services, process, "SIGTERM");
    }
    replies.accept();

    const target = { action: "RETRY", deliveries: { filter: { messageId: message.id } } } as const;
    const limits = { stages: [1, 5, 10, 10, 10], stopAtFailedFraction: 1 };
    const { id } = await startAction(services, admin, target, limits);
    for (let stage = 1; stage < 6; stage++) {
      await using process = await start();
      await until("items of the next stage are in progress", async () => {
        const action = await readAction(services, id);
        return action.stage >= stage && action.inProgress > 0;
      });
      await endMailProcess(services, process, "SIGKILL");
      await makeDue(services);
    }
    await using process = await start();
    const action = await until("the action has finished", async () => {
      const action = await readAction(services, id);
      return action.finishedAt && action;
    });
    await process.end("SIGTERM");
    await smtp.close();
    await services.bus.close();

    const page = { first: 200 };
    const filter = { messageId: message.id };
    const { edges } = await listDeliveries(services, admin, filter, "CREATED_ASC", page);
    const attempts = edges.map(({ node }) => String(node.attempt));
    assert.deepEqual(tally(attempts), { 2: RECIPIENTS });
    const { SENT = 0, UNKNOWN = 0 } = tally(edges.map(({ node }) => node.status));
    assert.deepEqual(
      [action.state, action.total, action.done, action.failedAgain, action.skipped],
      ["FINISHED", RECIPIENTS, SENT, UNKNOWN, {}],
    );
    await assertJobsHold(db);
    await assertDeliveriesHold(db, arrivals(smtp));
  },
);
