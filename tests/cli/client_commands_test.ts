// The command line as its users meet it: a process of its own that talks to a running server.
import assert from "node:assert/strict";
import { type Program, request, runProgram, startProgram } from "../support/program.ts";
import { startSmtpServer } from "../support/smtp.ts";

interface Result {
  readonly code: number;
  readonly printed: string;
  readonly errors: string;
}

/** Runs commands against a server whose mail server refuses nobody@example.com. */
async function withCommands(
  test: (run: (...args: string[]) => Promise<Result>, program: Program) => Promise<void>,
): Promise<void> {
  const smtp = await startSmtpServer({
    reject: (address) => address === "nobody@example.com" ? "550 5.1.1 No such mailbox" : null,
  });
  const program = await startProgram({ SMTP_URLS: smtp.url });
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

Deno.test("watch exits with 0 when all recipients have got the message", async () => {
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

Deno.test("a command says what it cannot do, and its exit code tells the kind", async () => {
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

Deno.test("a command without a server says where it looked", async () => {
  const url = "http://127.0.0.1:9";
  for (const args of [["status"], ["watch", "job_x"]]) {
    const { code, errors } = await runProgram(args, { WAYBILL_URL: url, WAYBILL_KEY: "key" });
    assert.equal(code, 1);
    assert.match(errors, /Cannot reach Waybill at http:\/\/127\.0\.0\.1:9: .*\n.*WAYBILL_URL/);
  }
});
