import { createHmac } from "node:crypto";
import { execute } from "./api.ts";

const ORDER = `mutation Order($input: UpsertOrderInput!) {
  upsertOrder(input: $input) { __typename ... on Error { reason } }
}`;

const MAILS = [
  {
    from: "Grace Hopper <grace@example.com>",
    subject: "Where is my order 1001?",
    text: "Hello,\n\nI ordered the oak table three weeks ago, and it has not arrived.\n\n" +
      "When will it come, and can it be delivered on a Saturday?\n\nGrace",
  },
  {
    from: "Ada Lovelace <ada@example.com>",
    subject: "Invoice for the company",
    text: "Good morning,\n\ncould you make out the invoice to our company instead?\n\nAda",
  },
  {
    from: "Edsger Dijkstra <edsger@example.com>",
    subject: "Return of a lamp",
    text: "I would like to return the lamp. Which address do I send it to?",
  },
];

/**
 * Stores an order, and posts the mails of customers to the webhook, signed.
 *
 * @param demo address of the server, key of the API, and secret of the webhook
 */
export async function receiveMails(
  demo: { readonly address: string; readonly key: string; readonly secret: string },
): Promise<void> {
  await execute<unknown>(demo, ORDER, {
    input: {
      number: "1001",
      contactEmail: "grace@example.com",
      status: "paid, in production",
      total: { amount: "1280", currency: "EUR" },
    },
  });
  // Message-IDs of their own for each run, because a known one changes nothing.
  const run = Date.now().toString(36);
  for (const [n, mail] of MAILS.entries()) {
    const body = JSON.stringify({ ...mail, messageId: `${n}.${run}@example.com` });
    const response = await fetch(`${demo.address}/webhooks/email`, {
      method: "POST",
      headers: { "X-Waybill-Signature": signatureOf(body, demo.secret) },
      body,
    });
    if (!response.ok) throw new Error(`Cannot post a mail: ${await response.text()}`);
    await response.body?.cancel();
  }
}

function signatureOf(body: string, secret: string): string {
  const time = Math.floor(Date.now() / 1_000);
  return `t=${time},v1=${createHmac("sha256", secret).update(`${time}.${body}`).digest("hex")}`;
}
