import assert from "node:assert/strict";
import { request, startProgram } from "../support/program.ts";

const CRON_SECRET = "a-secret-for-schedules";

Deno.test("/cron/tick of serve --no-worker works off the queue, and leaves no worker", async () => {
  const program = await startProgram({ CRON_SECRET }, ["--no-worker"]);
  const { sendMessage } = await request<{ sendMessage: { message: { id: string } } }>(
    program,
    `mutation { sendMessage(input: {
      title: "July", type: "newsletter", to: { list: [{ address: "ada@example.com" }] }
      content: { subject: "News", text: "Hello" }
    }) { ... on SendMessagePayload { message { id } } } }`,
  );
  const state = () =>
    request<{ message: { status: string }; installation: { processor: { running: boolean } } }>(
      program,
      `query ($id: ID!) { message(id: $id) { status } installation { processor { running } } }`,
      { id: sendMessage.message.id },
    );
  assert.equal((await state()).message.status, "SENDING");
  const tick = async () => {
    const headers = { authorization: `Bearer ${CRON_SECRET}` };
    const response = await fetch(`${program.address}/cron/tick`, { method: "POST", headers });
    return [response.status, (await response.json()).drained];
  };
  // At the same time, so that they share the workers.
  assert.deepEqual(await Promise.all([tick(), tick()]), [[200, true], [200, true]]);
  assert.deepEqual(await state(), {
    message: { status: "SENT" },
    installation: { processor: { running: false } },
  });
  assert.deepEqual(await tick(), [200, true]);
  assert.equal(await program.stop(), 0);
});
