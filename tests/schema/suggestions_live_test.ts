import assert from "node:assert/strict";
import { openCaptureChannel } from "../../src/channels/capture.ts";
import { placeInThreads } from "../../src/domain/emails/incoming.ts";
import { toRow } from "../../src/domain/emails/store.ts";
import { toTypeId } from "../../src/domain/id.ts";
import { requestSuggestion } from "../../src/domain/inbox/request.ts";
import { createVault } from "../../src/domain/vault.ts";
import { makeDataDir } from "../support/data_dir.ts";
import { onEveryDatabase } from "../support/database.ts";
import { newEmail, parsedMail } from "../support/emails.ts";
import { replyAnswer } from "../support/inbox.ts";
import { makeDue, startMailWorker } from "../support/mail_worker.ts";
import { startModelServer } from "../support/model_server.ts";
import { openTestModel } from "../support/models.ts";
import { withServer } from "../support/server.ts";

interface Update {
  readonly suggestionUpdated: { readonly status: string; readonly text: string };
}

// With pauses between its words, so that it is written in several steps.
const TEXT = Array.from({ length: 60 }, (_, n) => `word${n}`).join(" ");

onEveryDatabase(
  "suggestionUpdated emits the text as it is written, and threads and suggestions name each other",
  ({ db }) =>
    withServer(db, async ({ connect, post, keys, services: bare, organization }) => {
      const vault = createVault(() => Promise.resolve("a secret of the test"));
      const services = { ...bare, vault };
      const reply = () => replyAnswer({ text: TEXT });
      await using server = await startModelServer({ reply, tokenMs: 20 });
      await using model = await openTestModel(services, server);
      const channel = openCaptureChannel(makeDataDir(), "noreply@example.com");
      const worker = await startMailWorker(services, { channel, model: model.caller });
      const { id: organizationId } = organization;
      const { threadId, suggestionId } = await db.transaction(async (tx) => {
        const [placed] = await placeInThreads(tx, [toRow(organizationId, newEmail(parsedMail()))]);
        if (!placed) throw new Error("The mail was not stored");
        const { threadId, emailId } = placed;
        const mail = { organizationId, threadId, emailId, vip: false };
        return { threadId, ...await requestSuggestion(tx, mail) };
      });
      const [thread, suggestion] = [
        toTypeId("thread", threadId),
        toTypeId("suggestion", suggestionId),
      ];

      const query = `subscription { suggestionUpdated(threadId: "${thread}") { id status text } }`;
      const events = connect(keys.MEMBER).iterate<Update>({ query });
      const seen: Update["suggestionUpdated"][] = [];
      const watching = (async () => {
        for await (const { data } of events) {
          if (!data) continue;
          seen.push(data.suggestionUpdated);
          if (seen.length === 1) {
            await makeDue(services);
            worker.start(await worker.claim());
          }
          if (data.suggestionUpdated.status === "READY") break;
        }
      })();
      await watching;
      await worker.untilIdle();

      assert.deepEqual([seen[0]?.status, seen.at(-1)?.text], ["WAITING", TEXT]);
      const growing = seen.filter(({ status, text }) => status === "WRITING" && text !== "");
      assert.ok(growing.length >= 2, `${growing.length} steps`);
      for (const [index, { text }] of growing.entries()) {
        assert.ok(TEXT.startsWith(text) && text.length > (growing[index - 1]?.text.length ?? 0));
      }

      const { body } = await post(
        `{ thread(id: "${thread}") { replyTo suggestion { id job { subject { id } } } }
           node(id: "${suggestion}") { ... on Suggestion { promptVersion sources { text node { id } }
             outcome { kind } rating { good } usage { inputTokens } } }
           threads(filter: { suggestionStatuses: [READY] }) { nodes { id } }
           none: threads(filter: { suggestionStatuses: [FALLBACK, SENT] }) { nodes { id } } }`,
      );
      assert.equal(body.errors, undefined);
      assert.equal(body.data.thread.replyTo, "grace@example.com");
      assert.equal(body.data.thread.suggestion.id, suggestion);
      assert.equal(body.data.thread.suggestion.job.subject.id, thread);
      assert.equal(body.data.node.promptVersion, 1);
      assert.equal(body.data.node.sources[0].text, "Where is my order?");
      assert.match(body.data.node.sources[0].node.id, /^eml_/);
      assert.deepEqual([body.data.node.outcome, body.data.node.rating], [null, null]);
      assert.deepEqual(body.data.threads.nodes, [{ id: thread }]);
      assert.deepEqual(body.data.none.nodes, []);
    }),
);
