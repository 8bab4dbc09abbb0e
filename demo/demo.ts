// deno-lint-ignore-file no-console
import { createClient } from "graphql-ws";
import { execute } from "./api.ts";
import { startMailServer } from "./mail_server.ts";
import { receiveMails } from "./mails.ts";
import { startModelServer } from "./model_server.ts";
import { requestQuote } from "./quotes.ts";
import { recipientsCsv } from "./recipients.ts";
import { registerContacts } from "./sign_ups.ts";

const KEY = "demo-operator-key";
const WEBHOOK_SECRET = "demo webhook secret";
const RECIPIENTS = 5_000;

const SEND = `mutation Demo($audience: ID!) {
  sendMessage(input: {
    title: "The July newsletter", type: "newsletter", to: { audienceId: $audience }
    content: {
      subject: "News for {{ name }}"
      text: "Dear {{ name }},\\n\\nyou are on our {{ plan }} plan."
      html: "<p>Dear {{ name }},</p><p>you are on our <b>{{ plan }}</b> plan.</p>"
    }
  }) {
    __typename
    ... on SendMessagePayload { message { id } }
    ... on Error { reason }
  }
}`;

const WATCH = `subscription Watch($id: ID!) {
  messageUpdated(id: $id) {
    status
    stats { total pending sending sent failed perSecond }
    errorTypeCounts { errorType count }
  }
}`;

interface Progress {
  readonly messageUpdated: {
    readonly status: string;
    readonly stats: Record<string, number | null>;
    readonly errorTypeCounts: readonly { readonly errorType: string; readonly count: number }[];
  };
}

const mail = await startMailServer();
const model = startModelServer();
await using server = startWaybill(mail.url, model.url);
const exited = server.status.then(({ code }) => Deno.exit(code));
// Ctrl-C also reaches the server; the demo waits until it has stopped.
Deno.addSignalListener("SIGINT", () => {});
Deno.addSignalListener("SIGTERM", () => server.kill());
const address = await readAddress();

const { audienceId, taken } = await importRecipients();
const messageId = await send(audienceId);
console.log(`
Sending a newsletter to ${taken} recipients through a mail server that refuses some of them.
Watch it in the dashboard: ${address}/messages/${messageId}#key=${KEY}
or in GraphiQL:          ${address}/graphql
with this header         {"Authorization": "Bearer ${KEY}"}
and this operation       subscription { messageUpdated(id: "${messageId}") { status stats { sent failed pending } } }
`);
await watch(messageId);
await requestQuote({ address, key: KEY });
await receiveMails({ address, key: KEY, secret: WEBHOOK_SECRET });
console.log(`
The mail server accepted ${mail.counts.accepted} mails and refused ${mail.counts.refused}. Failed recipients and their errors:
  { deliveries(filter: { messageId: "${messageId}", statuses: [FAILED] }) { nodes { recipient { address } error { type code message } } } }

Contacts sign up now, one a second. Each gets a welcome at once; an offer goes to all of them at its time.
Campaigns: ${address}/campaigns   Contacts: ${address}/contacts   Schedules: ${address}/schedules
Problems:  ${address}/problems
Three customers have written; the stand-in for the language model suggests replies: ${address}/inbox
The server runs until Ctrl-C.`);
await registerContacts({ address, key: KEY });
await exited;

function startWaybill(smtpUrl: string, modelUrl: string) {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL("../src/main.ts", import.meta.url).href, "serve"],
    env: {
      // Local only, because the key is public.
      HOST: "127.0.0.1",
      DATA_DIR: "./data/demo",
      DATABASE_URL: "",
      SMTP_URLS: smtpUrl,
      OPENAI_BASE_URL: modelUrl,
      ADMIN_API_KEY: KEY,
      WEBHOOK_SECRET,
      LOG_LEVEL: Deno.env.get("LOG_LEVEL") ?? "error",
    },
    stdout: "piped",
  }).spawn();
}

/** Prints the output of the server until it has printed its address. */
async function readAddress(): Promise<string> {
  let printed = "";
  for await (const text of server.stdout.pipeThrough(new TextDecoderStream())) {
    console.log(text.trimEnd());
    printed += text;
    const address = /ready at (http:\S+)\/graphql/.exec(printed)?.[1];
    if (address) return address;
  }
  return await exited;
}

async function importRecipients(): Promise<{ audienceId: string; taken: number }> {
  const response = await fetch(`${address}/import/recipients?name=Subscribers`, {
    method: "POST",
    headers: { Authorization: `Bearer ${KEY}`, "Content-Type": "text/csv" },
    body: recipientsCsv(RECIPIENTS),
  });
  const report = await response.json();
  if (!response.ok) throw new Error(`Cannot import the recipients: ${JSON.stringify(report)}`);
  console.log(
    `Imported ${report.taken} recipients, refused ${report.refused}:`,
    report.refusedRows,
  );
  return report;
}

async function send(audience: string): Promise<string> {
  const { sendMessage } = await execute<{ sendMessage: { message?: { id: string } } }>(
    { address, key: KEY },
    SEND,
    { audience },
  );
  const id = sendMessage.message?.id;
  if (!id) throw new Error(`Cannot send the message: ${JSON.stringify(sendMessage)}`);
  return id;
}

async function watch(id: string): Promise<void> {
  const client = createClient({
    url: `${address.replace("http", "ws")}/graphql`,
    connectionParams: { authorization: `Bearer ${KEY}` },
  });
  const updates = client.iterate<Progress>({ query: WATCH, variables: { id } });
  for await (const { data, errors } of updates) {
    if (!data) throw new Error(`Cannot watch the message: ${JSON.stringify(errors)}`);
    const { status, stats, errorTypeCounts } = data.messageUpdated;
    const types = errorTypeCounts.map(({ errorType, count }) => `${errorType} ${count}`).join(", ");
    console.log(
      `${status.padEnd(14)} sent ${stats.sent}, failed ${stats.failed} (${types || "none"}), ` +
        `pending ${stats.pending}, ${Math.round(stats.perSecond ?? 0)}/s`,
    );
  }
  await client.dispose();
}
