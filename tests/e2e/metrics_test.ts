import assert from "node:assert/strict";
import { onPostgres } from "../support/database.ts";
import { request, startProgram } from "../support/program.ts";
import { startSmtpServer } from "../support/smtp.ts";
import { until } from "../support/until.ts";

const METRICS_TOKEN = "scraper-of-this-test";
const SEND = `mutation {
  sendMessage(input: {
    title: "July", to: { list: [{ address: "ada@example.com" }] }, content: { subject: "Hello" }
  }) { ... on SendMessagePayload { message { id } } ... on Error { reason } }
}`;

onPostgres("the program counts the answers of its providers and its jobs", async ({ url }) => {
  const smtp = await startSmtpServer({});
  const program = await startProgram({ DATABASE_URL: url, SMTP_URLS: smtp.url, METRICS_TOKEN });
  const headers = { authorization: `Bearer ${METRICS_TOKEN}` };
  await request(program, SEND, {});
  const provider = `127.0.0.1:${new URL(smtp.url).port}`;
  await until("the job is counted", async () => {
    const text = await (await fetch(`${program.address}/metrics`, { headers })).text();
    return [
      `waybill_provider_answers_total{provider="${provider}",outcome="sent",error_type=""} 1`,
      'waybill_job_attempts_total{lane="BULK",kind="SEND_BATCH",outcome="done"} 1',
      'waybill_deliveries_total{outcome="SENT"} 1',
      "waybill_workers 1",
    ].every((line) => text.includes(`${line}\n`));
  });
  assert.equal(await program.stop(), 0);
  await smtp.close();
});
