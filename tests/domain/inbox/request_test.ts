import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { requestSuggestions } from "../../../src/domain/inbox/request.ts";
import { JOB_KINDS } from "../../../src/domain/jobs/kinds.ts";
import { backoffMs } from "../../../src/domain/jobs/outcome.ts";
import { countSuggestions, onEveryInbox } from "../../support/inbox.ts";
import { readJob } from "../../support/jobs.ts";
import { makeDue } from "../../support/mail_worker.ts";

const EDIT = statement<[id: string]>(
  "test.editSuggestion",
  "update suggestions set edited_text = 'As I would say it', edited_at = now() where id = $1",
);

onEveryInbox(
  "mails that arrive in a thread within 5 s get one suggestion, for the last one",
  {},
  async (inbox) => {
    const { receive, read, db } = inbox;
    const first = await receive();
    const second = await receive({ text: "Please hurry." });

    assert.equal(second.threadId, first.threadId);
    assert.deepEqual([second.suggestionId, second.jobId], [first.suggestionId, null]);
    assert.equal(await countSuggestions(inbox, first), 1);
    const { status, emailId } = await read(first);
    assert.deepEqual([status, emailId], ["WAITING", second.emailId]);
    const { status: jobStatus, waitMs } = await readJob(db, first.jobId ?? "");
    assert.equal(jobStatus, "SCHEDULED");
    assert.ok(waitMs > 3_000 && waitMs <= 5_000, `${waitMs} ms`);
  },
);

onEveryInbox(
  "a mail that arrives after the job has begun gets a suggestion of its own",
  {},
  async (inbox) => {
    const { receive, read, write } = inbox;
    const first = await receive();
    await write();
    const second = await receive({ text: "And another question." });

    assert.notEqual(second.jobId, null);
    assert.equal(await countSuggestions(inbox, first), 2);
    const { id, status, emailId } = await read(first);
    assert.deepEqual([id, status, emailId], [second.suggestionId, "WAITING", second.emailId]);
  },
);

onEveryInbox(
  "a suggestion that a person has edited is not replaced by a mail",
  {},
  async (inbox) => {
    const { receive, read, write, db } = inbox;
    const first = await receive();
    await write();
    await db.run(EDIT, first.suggestionId);
    const second = await receive({ text: "And another question." });

    assert.deepEqual([second.suggestionId, second.jobId], [first.suggestionId, null]);
    const { editedText, emailId } = await read(first);
    assert.deepEqual([editedText, emailId], ["As I would say it", second.emailId]);
  },
);

onEveryInbox(
  "one statement requests suggestions for mails of several threads, one for each thread",
  {},
  async (inbox) => {
    const { receive, read, db, organization: { id: organizationId } } = inbox;
    const known = await receive({ subject: "Known" });
    const request = (threadId: string, emailId: string) => ({
      organizationId,
      threadId,
      emailId,
      vip: false,
    });
    const unknown = crypto.randomUUID();
    const emails = Array.from({ length: 3 }, () => crypto.randomUUID());
    const requested = await requestSuggestions(db, [
      request(unknown, emails[0] ?? ""),
      request(known.threadId, emails[1] ?? ""),
      request(unknown, emails[2] ?? ""),
    ]);

    assert.equal(requested[0]?.suggestionId, requested[2]?.suggestionId);
    assert.deepEqual(requested[1], { suggestionId: known.suggestionId, jobId: null });
    assert.equal((await read({ threadId: unknown })).emailId, emails[2]);
    assert.equal((await read(known)).emailId, emails[1]);
  },
);

onEveryInbox("important contacts come first, whenever their mails arrived", {}, async (inbox) => {
  const { receive, worker, services } = inbox;
  await receive({ from: { address: "first@example.com", name: null } });
  await receive({ from: { address: "second@example.com", name: null } });
  const vip = await receive({ from: { address: "vip@example.com", name: null } }, { vip: true });
  await makeDue(services);

  const [next, ...others] = await worker.claim(1);
  assert.deepEqual([next?.id, others.length], [vip.jobId, 0]);
  worker.start(next ? [next] : []);
  await worker.runQueued();
});

Deno.test("SUGGEST_REPLY is tried again after 2, 4 and 8 s, each ± 20 %", () => {
  const { maxAttempts } = JOB_KINDS.SUGGEST_REPLY;
  const waits = Array.from(
    { length: maxAttempts - 1 },
    (_, index) => [0, 0.5, 1].map((random) => backoffMs(index + 1, null, random)),
  );
  assert.deepEqual(waits, [[1_600, 2_000, 2_400], [3_200, 4_000, 4_800], [6_400, 8_000, 9_600]]);
});
