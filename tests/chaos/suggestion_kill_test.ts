import assert from "node:assert/strict";
import { placeInThreads } from "../../src/domain/emails/incoming.ts";
import { toRow } from "../../src/domain/emails/store.ts";
import { requestSuggestion } from "../../src/domain/inbox/request.ts";
import type { Suggestion } from "../../src/domain/inbox/suggestion.ts";
import { watchSuggestion } from "../../src/domain/inbox/watch_suggestion.ts";
import { createBus } from "../../src/events/bus.ts";
import { postgresTransport } from "../../src/events/postgres.ts";
import { onPostgres } from "../support/database.ts";
import { newEmail, parsedMail } from "../support/emails.ts";
import { replyAnswer } from "../support/inbox.ts";
import { endMailProcess } from "../support/mail_process.ts";
import { withQuoteProcesses } from "../support/quote_processes.ts";

onPostgres(
  "kill -9 of a worker while it writes: another writes the suggestion, and a subscriber sees both",
  async (database) => {
    await withQuoteProcesses(
      database,
      async ({ db, services: bare, organization, model, start }) => {
        const bus = createBus(postgresTransport(() => db.dedicated(), () => {}));
        const services = { ...bare, bus };
        const { id: organizationId, member } = organization;
        const half = replyAnswer({ text: "Hello Grace, this is the beginning of a long answer" });
        model.settings.reply = () => ({ text: half, end: { after: 6, by: "SILENCE" } });
        const threadId = await db.transaction(async (tx) => {
          const [placed] = await placeInThreads(tx, [
            toRow(organizationId, newEmail(parsedMail())),
          ]);
          if (!placed) throw new Error("The mail was not stored");
          const { threadId, emailId } = placed;
          await requestSuggestion(tx, { organizationId, threadId, emailId, vip: false });
          return threadId;
        });
        const first = await start();
        const texts: string[] = [];
        let last: Suggestion | null = null;
        for await (const suggestion of await watchSuggestion(services, member, threadId)) {
          last = suggestion;
          if (suggestion.status === "READY") break;
          if (suggestion.text === "" || texts.length > 0) continue;
          texts.push(suggestion.text);
          await first.end("SIGKILL");
          model.settings.reply = () => replyAnswer({ text: "The whole answer." });
          await endMailProcess(services, first, "SIGKILL");
          await start();
        }
        assert.match(texts[0] ?? "", /^Hello/);
        assert.deepEqual([last?.status, last?.text], ["READY", "The whole answer."]);
        assert.equal(model.asks.length, 2);
        await bus.close();
      },
    );
  },
);
