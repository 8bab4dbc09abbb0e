import assert from "node:assert/strict";
import type { Client } from "graphql-ws";
import { openCaptureChannel } from "../../src/channels/capture.ts";
import { FIRST_DELIVERY, pruneDeliveries } from "../../src/domain/deliveries/prune.ts";
import { cancelMessage } from "../../src/domain/messages/cancel.ts";
import { pauseMessage } from "../../src/domain/messages/pause.ts";
import { sendMessage } from "../../src/domain/messages/send.ts";
import { updateMessage } from "../../src/domain/messages/update.ts";
import { onEveryDatabase } from "../support/database.ts";
import { startMailWorker } from "../support/mail_worker.ts";
import { importPeople, messageInput } from "../support/messages.ts";
import { addSuppressions } from "../../src/domain/suppressions/edit.ts";
import { signUp } from "../support/campaigns.ts";
import { withServer } from "../support/server.ts";

// Far below the 10 s of the periodic re-read, so that only a published change can be in time.
const SOON_MS = 3_000;
const TOMORROW = new Date(Date.now() + 24 * 60 * 60_000);

interface Update {
  readonly deliveriesUpdated: {
    readonly reset: boolean;
    readonly changed: readonly {
      readonly recipient: { readonly address: string };
      readonly status: string;
      readonly dueAt: string | null;
      readonly maxAttempts: number;
    }[];
  };
}

interface JobUpdate {
  readonly jobsUpdated: {
    readonly changed: readonly {
      readonly kind: string;
      readonly status: string;
      readonly runAt: string | null;
    }[];
  };
}

/** Subscribes; the returned function waits for the next event and fails unless it arrives in time. */
function watch<Update>(client: Client, query: string): (what: string) => Promise<Update> {
  const events = client.iterate({ query });
  return async (what) => {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => reject(new Error(`No event within ${SOON_MS} ms: ${what}`)),
      SOON_MS,
    );
    const { value } = await Promise.race([events.next(), late]);
    clearTimeout(timer);
    return value.data;
  };
}

function watchDeliveries(client: Client) {
  const next = watch<Update>(
    client,
    `subscription {
      deliveriesUpdated(filter: {}) {
        reset changed { recipient { address } status dueAt maxAttempts }
      }
    }`,
  );
  return async (what: string) => (await next(what)).deliveriesUpdated;
}

onEveryDatabase(
  "deliveriesUpdated emits created, rescheduled, cancelled and deleted deliveries within 3 s",
  ({ db }) =>
    withServer(db, async ({ connect, services, organization: { id: org, admin } }) => {
      const next = watchDeliveries(connect());
      assert.deepEqual(await next("the first page"), { reset: true, changed: [] });

      const { message } = await sendMessage(services, admin, messageInput({ sendAt: TOMORROW }));
      const created = {
        recipient: { address: "ada@example.net" },
        status: "PENDING",
        dueAt: TOMORROW.toISOString(),
        maxAttempts: 3,
      };
      assert.deepEqual((await next("created")).changed, [created]);

      const sendAt = new Date(TOMORROW.getTime() + 60_000);
      const retry = { maxAttempts: 5 };
      await updateMessage(services, admin, message.id, { sendAt, retry });
      const moved = { ...created, dueAt: sendAt.toISOString(), maxAttempts: 5 };
      assert.deepEqual((await next("rescheduled")).changed, [moved]);

      await cancelMessage(services, admin, message.id);
      const cancelled = { ...moved, status: "CANCELLED", dueAt: null };
      assert.deepEqual((await next("cancelled")).changed, [cancelled]);
      await pruneDeliveries(services, org, 0, FIRST_DELIVERY, 10);
      assert.deepEqual(await next("deleted"), { reset: true, changed: [] });
    }),
);

onEveryDatabase(
  "deliveriesUpdated emits the planned deliveries of an audience within 3 s",
  ({ db }) =>
    withServer(db, async ({ connect, services, organization: { admin } }) => {
      const { id: audienceId } = await importPeople(services, admin, 2);
      const next = watchDeliveries(connect());
      await next("the first page");
      await sendMessage(services, admin, messageInput({ to: { audienceId } }));
      const channel = openCaptureChannel("unused", "noreply@example.com");
      const worker = await startMailWorker(services, { channel });
      worker.start(await worker.claim(1));
      await worker.untilIdle();
      const { changed } = await next("planned");
      assert.deepEqual(changed.map(({ status }) => status), ["PENDING", "PENDING"]);
    }),
);

onEveryDatabase(
  "jobsUpdated emits waiting and parked jobs within 3 s",
  ({ db }) =>
    withServer(db, async ({ connect, services, organization: { admin } }) => {
      const query = "subscription { jobsUpdated { changed { kind status runAt } } }";
      const next = watch<JobUpdate>(connect(), query);
      const expectJob = async (what: string, kind: string, parked: boolean) => {
        while (true) {
          const { jobsUpdated: { changed } } = await next(what);
          const job = changed.find((job) => job.kind === kind && (job.runAt === null) === parked);
          if (job) return assert.equal(job.status, "QUEUED");
        }
      };
      await next("the first page");
      const { message } = await sendMessage(services, admin, messageInput());
      await expectJob("the batch waits", "SEND_BATCH", false);
      await pauseMessage(services, admin, message.id);
      const channel = openCaptureChannel("unused", "noreply@example.com");
      const worker = await startMailWorker(services, { channel });
      await worker.runQueued();
      await expectJob("the batch is parked", "SEND_BATCH", true);
    }),
);

interface ContactUpdate {
  readonly contactsUpdated: {
    readonly reset: boolean;
    readonly changed: readonly { readonly email: string; readonly suppressed: boolean }[];
  };
}

onEveryDatabase(
  "contactsUpdated emits sign-ups and suppressions within 3 s",
  ({ db }) =>
    withServer(db, async ({ connect, services, organization: { admin } }) => {
      const next = watch<ContactUpdate>(
        connect(),
        "subscription { contactsUpdated { reset changed { email suppressed } } }",
      );
      assert.deepEqual(await next("the first page"), {
        contactsUpdated: { reset: true, changed: [] },
      });
      await signUp(services, admin, "ada@example.com");
      const created = { email: "ada@example.com", suppressed: false };
      assert.deepEqual((await next("a sign-up")).contactsUpdated.changed, [created]);
      await addSuppressions(services, admin, {
        channel: "EMAIL",
        addresses: ["ada@example.com"],
        reason: "MANUAL",
      });
      const suppressed = { ...created, suppressed: true };
      assert.deepEqual((await next("a suppression")).contactsUpdated.changed, [suppressed]);
    }),
);
