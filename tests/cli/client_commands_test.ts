// The command line as its users meet it: a process of its own that talks to a running server.
import assert from "node:assert/strict";
import { startModelServer } from "../support/model_server.ts";
import { type Program, request, runProgram, startProgram } from "../support/program.ts";
import { startSmtpServer } from "../support/smtp.ts";
import { until } from "../support/until.ts";

interface Result {
  readonly code: number;
  readonly printed: string;
  readonly errors: string;
}

/** Runs commands against a server whose mail server refuses one recipient. */
async function withCommands(
  test: (run: (...args: string[]) => Promise<Result>, program: Program) => Promise<void>,
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  const smtp = await startSmtpServer({
    reject: (address) => address === "nobody@example.com" ? "550 5.1.1 No such mailbox" : null,
  });
  const program = await startProgram({ SMTP_URLS: smtp.url, ...environment });
  // With CI set, as in every CI job, a table in a pipe has no colours either.
  const settings = { WAYBILL_URL: program.address, WAYBILL_KEY: program.key, CI: "true" };
  try {
    await test((...args) => runProgram(args, settings), program);
  } finally {
    await program.stop();
    await smtp.close();
  }
}

async function send(program: Program, emails: readonly string[]): Promise<string> {
  const { sendMessage } = await request<{ sendMessage: { message: { id: string } } }>(
    program,
    `mutation ($list: [RecipientInput!]!) {
      sendMessage(input: {
        title: "July", type: "newsletter", to: { list: $list }
        content: { subject: "News", text: "Hello" }
      }) { ... on SendMessagePayload { message { id } } ... on Error { reason } }
    }`,
    { list: emails.map((address) => ({ address })) },
  );
  return sendMessage.message.id;
}

Deno.test("the commands show what waits, what failed and why", async () => {
  await withCommands(async (run, program) => {
    const id = await send(program, ["ada@example.com", "nobody@example.com"]);
    const watched = await run("watch", id);
    assert.equal(watched.code, 1);
    assert.match(watched.printed, /July {2}PARTIALLY_SENT {2}▓{20} {2}100 % {2}1 sent · 1 failed/);

    const failed = await run("failed", "--type", "newsletter", "--json", "id,recipient,error");
    const [mail, ...others] = JSON.parse(failed.printed);
    assert.deepEqual(others, []);
    assert.equal(mail.recipient, "nobody@example.com");
    assert.equal(mail.error.message, "550 5.1.1 No such mailbox");
    assert.match((await run("failed")).printed, /^ID +TYPE +RECIPIENT.*\n.*nobody@example\.com/);
    assert.equal((await run("failed", "--type", "other")).printed, "No mail has failed.\n");
    assert.equal((await run("pending")).printed, "No mail is waiting.\n");
    assert.equal((await run("failed", "--jobs")).printed, "No job has failed.\n");

    const explained = await run("explain", mail.id);
    assert.match(
      explained.printed,
      /to nobody@example\.com is FAILED, attempt 1 of 3\.\nLast error: INVALID_RECIPIENT: 550/,
    );
    assert.match((await run("explain", id)).printed, /"July" is PARTIALLY_SENT/);

    const status = await run("status", "--json", "lane,waiting");
    assert.deepEqual(JSON.parse(status.printed)[0], { lane: "TRANSACTIONAL", waiting: 0 });
    assert.match((await run("status")).printed, /Last hour +sent 1 · failed 1 · bounced 0/);
  });
});

Deno.test("watch exits with 1 when a part of a completed job failed", async () => {
  await using model = await startModelServer({ reply: () => "no lessons" });
  const environment = { OPENAI_BASE_URL: model.baseUrl, OPENAI_API_KEY: "sk-good" };
  await withCommands(async (run, program) => {
    const imported = await fetch(`${program.address}/import/emails?own=desk@example.com`, {
      method: "POST",
      headers: { authorization: `Bearer ${program.key}`, "content-type": "application/mbox" },
      body: MBOX,
    });
    assert.equal((await imported.json()).added, 1);
    const { startEmailLearning: { job } } = await request<
      { startEmailLearning: { job: { id: string } } }
    >(
      program,
      "mutation { startEmailLearning { ... on StartEmailLearningPayload { job { id } } } }",
    );
    const { code, printed } = await run("watch", job.id);
    assert.match(printed, /COMPLETED.* 1 failed/);
    assert.equal(code, 1);
  }, environment);
});

const MBOX = "From desk@example.com Mon May  4 08:00:00 2026\nFrom: desk@example.com\n" +
  "To: grace@example.net\nSubject: Re: Saturday\nMessage-ID: <1@example.com>\n\nYes, we deliver.\n";

Deno.test("watch exits with 0 when the message was sent to all recipients", async () => {
  await withCommands(async (run, program) => {
    const id = await send(program, ["ada@example.com"]);
    assert.equal((await run("watch", id)).code, 0);
  });
});

Deno.test("keys creates a key that works until it is revoked", async () => {
  await withCommands(async (run, { address }) => {
    const created = await run("keys", "create", "shop", "--role", "ADMIN");
    const key = created.printed.trim();
    const settings = { WAYBILL_URL: address, WAYBILL_KEY: key };
    const listed = await runProgram(["keys", "list", "--json", "id,name,role"], settings);
    const { id } = JSON.parse(listed.printed).find(({ name }: { name: string }) => name === "shop");
    assert.equal((await run("keys", "revoke", id)).code, 0);
    const refused = await runProgram(["keys", "list"], settings);
    assert.equal(refused.code, 4);
    assert.match(refused.errors, /refuses the key in WAYBILL_KEY/);
    assert.equal((await runProgram(["watch", "job_x"], settings)).code, 4);
  });
});

Deno.test("schedules run starts a schedule by its name", async () => {
  await withCommands(async (run) => {
    const listed = await run("schedules", "list", "--json", "name,enabled");
    assert.ok(
      JSON.parse(listed.printed).some(({ name }: { name: string }) => name === "retry-failed"),
    );
    assert.match(
      (await run("schedules", "list")).printed,
      /^NAME +KIND +RUNS +NEXT +LAST +OUTCOME\n/,
    );
    const started = await run("schedules", "run", "retry-failed");
    assert.match(started.printed, /^job_\w{26}\n$/);
    assert.equal((await run("watch", started.printed.trim())).code, 0);
    const unknown = await run("schedules", "run", "nightly");
    assert.equal(unknown.code, 1);
    assert.match(unknown.errors, /There is no schedule nightly; there are: .*retry-failed/);
  });
});

Deno.test("quotes process queues pending quotes, and lists the skipped ones", async () => {
  await withCommands(async (run, program) => {
    const create = async (email: string) => {
      const { createQuote } = await request<{ createQuote: { quote: { id: string } } }>(
        program,
        `mutation ($email: String!) {
          createQuote(input: {
            customer: { name: "Grace", email: $email }, request: "A fence", process: false
          }) { ... on CreateQuotePayload { quote { id } } ... on Error { reason } }
        }`,
        { email },
      );
      return createQuote.quote.id;
    };
    assert.equal((await run("quotes", "list")).printed, "There are no quotes.\n");
    const [first, second] = [await create("ada@example.com"), await create("max@example.com")];
    assert.equal(
      (await run("quotes", "process", "--limit", "0")).printed,
      "No quote was queued.\n",
    );
    const queued = await run("quotes", "process", "--limit", "1", "--json", "id,customer");
    assert.deepEqual(JSON.parse(queued.printed), [{ id: first, customer: "ada@example.com" }]);
    const chosen = await run("quotes", "process", "--quote-id", second, "--json", "id");
    assert.deepEqual(JSON.parse(chosen.printed), [{ id: second }]);

    const failed = await until(
      "both quotes have failed, because no model is configured",
      async () => {
        const { printed } = await run("quotes", "list", "--json", "id,status,error");
        const quotes: { id: string; status: string; error: { type: string } | null }[] = JSON.parse(
          printed,
        );
        return quotes.every(({ status }) => status === "AI_ERROR") ? quotes : null;
      },
    );
    assert.deepEqual(failed.map(({ id }) => id), [second, first]);
    assert.match((await run("quotes", "list")).printed, /^ID +STATUS +CUSTOMER +CREATED +LOCK/);
    assert.equal((await run("quotes", "list", "--stale")).printed, "No quote has a stale lock.\n");
    assert.equal((await run("quotes", "process")).printed, "No quote was queued.\n");
    const forced = await run("quotes", "process", "--force", "--json", "id");
    assert.equal(JSON.parse(forced.printed).length, 2);

    const unknown = await run("quotes", "process", "--quote-id", "quo_x");
    assert.equal(unknown.code, 1);
    assert.match(unknown.errors, /Cannot process quotes: .*quo_x/s);
    const limit = await run("quotes", "process", "--limit", "1001");
    assert.match(limit.errors, /whole number from 0 to 1000/);
  });
});

Deno.test("a command that fails prints the reason, and its exit code has the kind", async () => {
  await withCommands(async (run, { address }) => {
    const expect = async (code: number, errors: RegExp, ...args: string[]) => {
      const result = await run(...args);
      assert.match(result.errors, errors);
      assert.deepEqual([result.code, result.printed], [code, ""]);
    };
    await expect(2, /Name the fields: --json id,type,recipient/, "failed", "--json");
    await expect(2, /Unknown field colour: --json id,/, "failed", "--json", "colour");
    await expect(2, /whole number from 1 to 200/, "failed", "--limit", "0");
    await expect(2, /Cannot watch nonsense/, "watch", "nonsense");
    await expect(2, /unknown command or argument 'bogus'\n`waybill --help` lists/, "bogus");
    await expect(1, /Nothing has the id job_x/, "explain", "job_x");
    await expect(1, /Cannot revoke key_x: /, "keys", "revoke", "key_x");
    const signedOut = await runProgram(["status"], { WAYBILL_URL: address });
    assert.equal(signedOut.code, 4);
    assert.match(signedOut.errors, /set WAYBILL_KEY/);
  });
});

Deno.test("a command without a server prints the address that it tried", async () => {
  const url = "http://127.0.0.1:9";
  for (const args of [["status"], ["watch", "job_x"]]) {
    const { code, errors } = await runProgram(args, { WAYBILL_URL: url, WAYBILL_KEY: "key" });
    assert.equal(code, 1);
    assert.match(errors, /Cannot reach Waybill at http:\/\/127\.0\.0\.1:9: .*\n.*WAYBILL_URL/);
  }
});
