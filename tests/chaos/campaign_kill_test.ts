import assert from "node:assert/strict";
import { statement } from "../../src/db/database.ts";
import { SYSTEM_ORGANIZATION_ID } from "../../src/domain/access/access.ts";
import type { Campaign } from "../../src/domain/campaigns/campaign.ts";
import { enqueueJobs } from "../../src/domain/jobs/enqueue.ts";
import { createBus } from "../../src/events/bus.ts";
import { createOrganization } from "../support/callers.ts";
import { addCampaign, campaignInput, enrolAll, passDate } from "../support/campaigns.ts";
import { addContacts } from "../support/contacts.ts";
import { onPostgres } from "../support/database.ts";
import { assertDeliveriesHold } from "../support/delivery_ledger.ts";
import { openLedger } from "../support/ledger.ts";
import { arrivals } from "../support/mail.ts";
import { endMailProcess, startMailProcess } from "../support/mail_process.ts";
import { makeDue } from "../support/mail_worker.ts";
import { personAt, readBatches, readDeliveries, tally } from "../support/messages.ts";
import { startSmtpServer } from "../support/smtp.ts";
import { sleep, until } from "../support/until.ts";

const CONTACTS = 450;
const CYCLES = 6;
// Slow enough that a process ends while mails are being sent.
const REPLY_MS = 50;

const WAITING = statement<[], { count: number }>(
  "test.countWaiting",
  "select count(*) as count from deliveries where status = 'PENDING'",
);

onPostgres(
  "Processes that cycle at once, of which one is killed, send each mail once",
  async ({ db, url }) => {
    await openLedger(db);
    const services = { db, bus: createBus() };
    const { admin } = await createOrganization(db);
    const smtp = await startSmtpServer({ beforeReply: () => sleep(REPLY_MS) });
    await using processes = new AsyncDisposableStack();
    processes.defer(() => smtp.close());
    processes.defer(() => services.bus.close());
    const contacts = Array.from({ length: CONTACTS }, (_, n) => ({ email: personAt(n + 1) }));
    await addContacts(services, admin, contacts);
    const campaigns: Campaign[] = [];
    for (const type of ["search_engine", "portfolio_builder"]) {
      const campaign = await addCampaign(services, admin, campaignInput({ type }));
      await enrolAll(services, campaign);
      await passDate(db, campaign);
      campaigns.push(campaign);
    }
    await enqueueJobs(
      db,
      Array.from({ length: CYCLES }, () => ({
        organizationId: SYSTEM_ORGANIZATION_ID,
        userId: null,
        kind: "SEND_DUE" as const,
        payload: {},
      })),
    );
    const start = async () =>
      processes.use(await startMailProcess(db, { databaseUrl: url, smtpUrl: smtp.url }));
    const first = await start();
    await start();
    await smtp.untilReceived(50);
    await endMailProcess(services, first, "SIGKILL");
    await until("no delivery waits", async () => {
      await makeDue(services);
      return (await db.run(WAITING))[0]?.count === 0;
    });
    for (const { messageId } of campaigns) {
      const { SENT = 0, UNKNOWN = 0 } = tally(
        (await readDeliveries(db, messageId)).map(({ status }) => status),
      );
      assert.equal(SENT + UNKNOWN, CONTACTS);
      assert.deepEqual((await readBatches(db, messageId)).map(({ size }) => size), [
        100,
        100,
        100,
        100,
        50,
      ]);
    }
    await processes.disposeAsync();
    await assertDeliveriesHold(db, arrivals(smtp));
  },
  { onError: () => {} },
);
