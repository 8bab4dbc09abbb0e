// More connections than the limit of open files allows.
import assert from "node:assert/strict";
import { onPostgres } from "../support/database.ts";
import { people } from "../support/messages.ts";
import { request, startProgram } from "../support/program.ts";
import { startSmtpServer } from "../support/smtp.ts";
import { until } from "../support/until.ts";

const OPEN_FILES = 1_024;
const CONNECTIONS = 1_100;
const RECIPIENTS = 30;

const SEND = `mutation ($list: [RecipientInput!]) {
  sendMessage(input: { title: "July", to: { list: $list }, content: { subject: "News" } }) {
    ... on SendMessagePayload { message { id } } ... on Error { reason }
  }
}`;

/** Bytes that a client sends before it stops. */
const SENT = {
  "nothing": "",
  "half of a head": "GET /healthz HTTP/1.1\r\nHost: ",
  "half of a body": "POST /graphql HTTP/1.1\r\nHost: waybill\r\nContent-Length: 100\r\n\r\n{",
};

async function openConnections(address: string, sent: string): Promise<Deno.TcpConn[]> {
  const { hostname, port } = new URL(address);
  const connections: Deno.TcpConn[] = [];
  for (let n = 0; n < CONNECTIONS; n++) {
    const connection = await Deno.connect({ hostname, port: Number(port) }).catch(() => null);
    if (!connection) break;
    connections.push(connection);
    // The program may have closed it already.
    await connection.write(new TextEncoder().encode(sent)).catch(() => {});
  }
  return connections;
}

async function isAlive(address: string): Promise<boolean> {
  try {
    const response = await fetch(`${address}/healthz`, { signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

for (const [name, sent] of Object.entries(SENT)) {
  onPostgres(
    `The program survives ${CONNECTIONS} connections that send ${name}, with ${OPEN_FILES} open files`,
    async ({ url }) => {
      const mail = await startSmtpServer({});
      const program = await startProgram(
        { DATABASE_URL: url, SMTP_URLS: mail.url, LOG_LEVEL: "fatal" },
        [],
        OPEN_FILES,
      );
      const connections = await openConnections(program.address, sent);
      await until("the program answers", () => isAlive(program.address));
      const headers = { authorization: `Bearer ${program.key}` };
      const metrics = await (await fetch(`${program.address}/metrics`, { headers })).text();
      const failures = /^waybill_accept_failures_total (\d+)$/m.exec(metrics)?.[1];
      await request(program, SEND, { list: people(RECIPIENTS) });
      await mail.untilReceived(RECIPIENTS);
      for (const connection of connections) connection.close();
      assert.equal(await program.stop(), 0);
      await mail.close();
      assert.ok(Number(failures) > 0, `accept failures: ${failures}`);
    },
  );
}
