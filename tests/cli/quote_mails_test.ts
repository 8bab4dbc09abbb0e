// Mails of quotes on the command line: a process of its own that talks to a running server.
import assert from "node:assert/strict";
import { type Program, request, runProgram, startProgram } from "../support/program.ts";
import { startModelServer } from "../support/model_server.ts";
import { ESTIMATE } from "../support/quotes.ts";
import { startSmtpServer } from "../support/smtp.ts";
import { until } from "../support/until.ts";

const CREATE = `mutation {
  createQuote(input: {
    customer: { name: "Grace", email: "grace@example.com" }, request: "A fence of 20 m"
  }) { ... on CreateQuotePayload { quote { id } } ... on Error { reason } }
}`;

async function createQuote(program: Program): Promise<string> {
  const answer = await request<{ createQuote: { quote: { id: string } } }>(program, CREATE);
  return answer.createQuote.quote.id;
}

Deno.test("failed mails of quotes are retried from the command line", async () => {
  await using model = await startModelServer({ reply: () => ESTIMATE });
  const smtp = await startSmtpServer({ reject: () => "451 4.3.0 Try again later" });
  const program = await startProgram({
    SMTP_URLS: smtp.url,
    OPENAI_API_KEY: "sk-good",
    OPENAI_BASE_URL: model.baseUrl,
  });
  const settings = { WAYBILL_URL: program.address, WAYBILL_KEY: program.key };
  const run = (...args: string[]) => runProgram(args, settings);
  const statusOfMail = async () => {
    const { quotes } = await request<
      { quotes: { nodes: { customerDelivery: { status: string } | null }[] } }
    >(
      program,
      "query { quotes(first: 1) { nodes { customerDelivery { status } } } }",
    );
    return quotes.nodes[0]?.customerDelivery?.status;
  };
  try {
    const id = await createQuote(program);
    await until("the mail has failed", async () => await statusOfMail() === "FAILED");

    smtp.replies.reject = () => null;
    const refused = await run("email", "retry-failed", "--quote-id", id, "--max-attempts", "1");
    assert.match(refused.errors, /The mail to the customer has used 1 attempts of 1/);
    const retried = await run("email", "retry-failed", "--type", "customer");
    assert.deepEqual([retried.code, retried.printed], [0, `${id}\n`]);
    await smtp.untilReceived(1);
    assert.equal(smtp.received[0]?.recipient, "grace@example.com");

    assert.equal((await run("email", "retry-failed", "--type", "nobody")).code, 2);
    assert.equal((await run("email", "retry-failed", "--quote-id", "quo_1")).code, 1);
  } finally {
    await program.stop();
    await smtp.close();
  }
});
