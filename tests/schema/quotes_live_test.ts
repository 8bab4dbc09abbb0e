import assert from "node:assert/strict";
import { openCaptureChannel } from "../../src/channels/capture.ts";
import { createQuote } from "../../src/domain/quotes/create.ts";
import { createVault } from "../../src/domain/vault.ts";
import { makeDataDir } from "../support/data_dir.ts";
import { onEveryDatabase } from "../support/database.ts";
import { startMailWorker } from "../support/mail_worker.ts";
import { startModelServer } from "../support/model_server.ts";
import { openTestModel } from "../support/models.ts";
import { ESTIMATE } from "../support/quotes.ts";
import { withServer } from "../support/server.ts";

// Far below the 10 s of the periodic re-read, so that only a published change can be in time.
const SOON_MS = 3_000;

const SUBSCRIPTION = `subscription {
  quotesUpdated { changed { status customerDelivery { status } } }
}`;

interface Update {
  readonly quotesUpdated: {
    readonly changed: readonly {
      readonly status: string;
      readonly customerDelivery: { readonly status: string } | null;
    }[];
  };
}

onEveryDatabase(
  "quotesUpdated emits the estimate and the outcome of its mail within 3 s",
  ({ db }) =>
    withServer(db, async ({ connect, services: bare, organization: { admin } }) => {
      const vault = createVault(() => Promise.resolve("a secret of the test"));
      const services = { ...bare, vault };
      await using server = await startModelServer({ reply: () => ESTIMATE });
      await using model = await openTestModel(services, server);
      const channel = openCaptureChannel(makeDataDir(), "noreply@example.com");
      const worker = await startMailWorker(services, { channel, model: model.caller });
      const seen: string[] = [];
      const done = Promise.withResolvers<void>();
      const events = connect().iterate<Update>({ query: SUBSCRIPTION });
      const watching = (async () => {
        for await (const { data } of events) {
          for (const { status, customerDelivery } of data?.quotesUpdated.changed ?? []) {
            seen.push(`${status} ${customerDelivery?.status ?? "-"}`);
            if (customerDelivery?.status === "SENT") done.resolve();
          }
        }
      })();
      await createQuote(services, admin, {
        customer: { name: "Grace", email: "grace@example.com" },
        request: "A fence of 20 m",
        process: true,
      });
      await worker.runQueued();
      const timer = setTimeout(() => done.reject(new Error(`Not in time: ${seen}`)), SOON_MS);
      await done.promise.finally(() => clearTimeout(timer));
      assert.ok(seen.includes("AI_QUOTED SENT"), `${seen}`);
      await events.return?.();
      await watching;
    }),
);
