// Makes an image of every screen with real data: light, dark, and 360 px wide. They are for review by people.
// deno-lint-ignore-file no-console
import { join } from "node:path";
import { withPage } from "../../support/browser.ts";
import { makeDataDir } from "../../support/data_dir.ts";
import { request, startProgram } from "../../support/program.ts";
import { SECRET } from "../../support/inbound_mail.ts";
import { type ReceivedAsk, startModelServer } from "../../support/model_server.ts";
import { startSmtpServer } from "../../support/smtp.ts";
import { insertAiCalls } from "../ai_calls.ts";
import { insertBrokenJobs } from "../broken_jobs.ts";
import { answerMail, receiveMails } from "../sample_inbox.ts";
import { answerLessons, importSampleMails, learnSampleMails } from "../sample_learning.ts";
import { insertSuggestions } from "../sample_quality.ts";
import { answerQuote, createQuotes } from "../sample_quotes.ts";

// With --readme it makes the images of the README only.
const forReadme = Deno.args.includes("--readme");
const README_SCREENS = ["overview", "failed", "problem"];
const FOLDER = forReadme ? "docs/images" : "data/screenshots";
const LOOKS = [
  { name: "light", colorScheme: "light", viewport: { width: 1360, height: 850 } },
  { name: "dark", colorScheme: "dark", viewport: { width: 1360, height: 850 } },
  { name: "wide", colorScheme: "light", viewport: { width: 1800, height: 950 } },
  { name: "narrow", colorScheme: "light", viewport: { width: 360, height: 740 } },
] as const;

const SEND =
  `mutation ($title: String!, $type: String!, $list: [RecipientInput!]!, $sendAt: DateTime) {
  sendMessage(input: {
    title: $title, type: $type, to: { list: $list }, sendAt: $sendAt
    content: {
      subject: "News for {{ name }}", text: "Dear {{ name }},\\n\\nyou are on our {{ plan }} plan."
      html: "<h2>Dear {{ name }},</h2><p>you are on our <b>{{ plan }}</b> plan.</p>"
    }
  }) { ... on SendMessagePayload { message { id } } ... on Error { reason } }
}`;

const DRAFT = JSON.stringify({
  title: "The September newsletter",
  type: "newsletter",
  pasted: "Ada Lovelace <ada@example.com>\nGrace Hopper <grace@example.com>",
  subject: "News for {{ name }}",
  text: "Dear {{ name }},\n\nyou are on our {{ plan }} plan.",
  html: "<h2>Dear {{ name }},</h2><p>you are on our <b>{{ plan }}</b> plan.</p>",
});

const smtp = await startSmtpServer({
  reject: (address) =>
    address.startsWith("nobody")
      ? "550 5.1.1 No such user here"
      : address.startsWith("full")
      ? "452 4.2.2 Mailbox full"
      : address.startsWith("spam")
      ? "554 5.7.1 Message refused by policy"
      : null,
});
const model = await startModelServer({
  reply: (ask: ReceivedAsk) => {
    if (ask.schema?.name === "quote") return answerQuote(ask);
    return ask.schema?.name === "learning" ? answerLessons(ask) : answerMail(ask);
  },
});
const settings = {
  SMTP_URLS: smtp.url,
  DATA_DIR: join(makeDataDir(), "data"),
  OPENAI_API_KEY: "sk-good",
  OPENAI_BASE_URL: model.baseUrl,
  WEBHOOK_SECRET: SECRET,
};
const installed = await startProgram(settings);
await installed.stop();
await insertBrokenJobs(settings.DATA_DIR, 7);
await insertAiCalls(settings.DATA_DIR);
await insertSuggestions(settings.DATA_DIR);
const { key } = installed;
const program = { ...await startProgram({ ...settings, ADMIN_API_KEY: key }), key };

async function send(title: string, type: string, count: number, sendAt?: string): Promise<string> {
  const list = Array.from({ length: count }, (_, n) => ({
    address: `${
      n % 23 === 1 ? "nobody" : n % 31 === 2 ? "full" : n % 57 === 3 ? "spam" : "ada"
    }${n}@example.com`,
    name: `Ada ${n}`,
    variables: { plan: n % 2 ? "business" : "starter" },
  }));
  const { sendMessage } = await request<{ sendMessage: { message: { id: string } } }>(
    program,
    SEND,
    { title, type, list, sendAt },
  );
  return sendMessage.message.id;
}

const first = await send("The July newsletter", "newsletter", 1_500);
await send("Price change in August", "announcement", 80);
await send("Welcome", "welcome", 1);
await send("The August newsletter", "newsletter", 900, "2031-08-01T09:00:00Z");
await smtp.untilReceived(1_350);
const sampleQuotes = await createQuotes(program);
const sampleInbox = await receiveMails(program);
await importSampleMails(program);
const learningRun = await learnSampleMails(program);
const { knowledge } = await request<{ knowledge: { facts: { nodes: { id: string }[] } } }>(
  program,
  "{ knowledge { facts(states: [PROPOSED], first: 1) { nodes { id } } } }",
);
const { deliveries, jobs } = await request<
  Record<"deliveries" | "jobs", { nodes: { id: string }[] }>
>(
  program,
  `query ($id: ID!) {
    deliveries(filter: { messageId: $id, statuses: [FAILED] }, first: 1) { nodes { id } }
    jobs(filter: { statuses: [FAILED] }, first: 1) { nodes { id } }
  }`,
  { id: first },
);
const { problems } = await request<{ problems: { nodes: { id: string }[] } }>(
  program,
  `{ problems(filter: { search: "full" }, first: 1) { nodes { id } } }`,
);
const problemId = problems.nodes[0]?.id;
const { startBulkAction } = await request<{ startBulkAction: { bulkAction: { id: string } } }>(
  program,
  `mutation ($target: BulkActionInput!) {
    startBulkAction(input: { target: $target, perSecond: 0.5 }) {
      ... on StartBulkActionPayload { bulkAction { id } } } }`,
  { target: { action: "RETRY", problemId } },
);
const bulkId = startBulkAction.bulkAction.id;

// The rest is sent slowly, so that the overview shows a message under way.
smtp.replies.beforeReply = () => new Promise((resolve) => setTimeout(resolve, 400));
await send("The spring survey", "survey", 4_000);
await request(
  program,
  "mutation { updateLane(lane: LEARNING, input: { paused: true }) { __typename } }",
);

async function upload(path: string, text: string): Promise<{ audienceId?: string }> {
  const response = await fetch(`${program.address}/import/${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${program.key}`, "content-type": "text/csv" },
    body: text,
  });
  return await response.json();
}

const rows = Array.from(
  { length: 400 },
  (_, n) => `${n % 97 === 5 ? "nobody" : `ada${n}@example.com`},Ada ${n},${n % 2 ? "pro" : "free"}`,
);
const { audienceId } = await upload(
  "recipients?name=Customers",
  ["email,name,plan", ...rows].join("\n"),
);
await upload("recipients?name=Beta+testers", "email\nada@example.com\n");
await upload("contacts", ["email,name,plan", ...rows].join("\n"));
await upload(
  "suppressions",
  "email,reason\nada1@example.com,unsubscribed\nada2@example.com,hard_bounce\nada3@example.com,complained\n",
);
const { contacts } = await request<{ contacts: { nodes: { id: string }[] } }>(
  program,
  `{ contacts(filter: { search: "ada0@" }) { nodes { id } } }`,
);

await request(
  program,
  `mutation { updateBudget(input: { perDay: { amount: "0.03", currency: "USD" } }) { __typename } }`,
);

const SCREENS: Readonly<Record<string, string>> = {
  overview: "/overview",
  messages: "/messages",
  failed: `/messages/${first}?tab=failed`,
  recipients: `/messages/${first}?tab=recipients`,
  recipient: `/messages/${first}?tab=failed&delivery=${deliveries.nodes[0]?.id}`,
  batches: `/messages/${first}?tab=batches`,
  content: `/messages/${first}?tab=content`,
  analytics: `/messages/${first}?tab=analytics`,
  compose: "/compose",
  schedules: "/schedules",
  jobs: "/jobs",
  failedJobs: "/jobs?status=FAILED&error=INVALID_PAYLOAD",
  job: `/jobs/${jobs.nodes[0]?.id}`,
  startJob: "/jobs/start?kind=CLEANUP_DELIVERIES",
  jobAnalytics: "/jobs/analytics?period=1h",
  workers: "/installation",
  providers: "/installation?tab=providers",
  organizations: "/installation?tab=organizations",
  configuration: "/installation?tab=configuration",
  problems: "/problems",
  problem: `/problems/${problemId}?bulk=${bulkId}`,
  bulk_actions: "/bulk-actions",
  bulk_action: `/bulk-actions/${bulkId}`,
  deliveries: "/deliveries",
  delivery: `/deliveries/${deliveries.nodes[0]?.id}`,
  delivery_analytics: "/deliveries?tab=analytics",
  contacts: "/contacts",
  contact: `/contacts/${contacts.nodes[0]?.id}`,
  quotes: "/quotes",
  quote: `/quotes/${sampleQuotes.quoted}`,
  quote_processing: `/quotes/${sampleQuotes.processing}`,
  quote_refused: `/quotes/${sampleQuotes.refused}`,
  inbox: "/inbox?view=all",
  thread: `/inbox/${sampleInbox.ready}`,
  thread_edited: `/inbox/${sampleInbox.edited}`,
  thread_fallback: `/inbox/${sampleInbox.fallback}`,
  thread_answered: `/inbox/${sampleInbox.answered}?view=all`,
  learning: "/learning",
  learning_run: `/learning/${learningRun}`,
  knowledge: "/knowledge",
  fact: `/knowledge/${knowledge.facts.nodes[0]?.id}`,
  audiences: "/audiences",
  audience: `/audiences/${audienceId}`,
  suppressions: "/suppressions",
  suggestion_quality: "/suggestion-quality",
  ai_usage: "/ai-usage",
  notifications: "/notifications",
  notification_settings: "/notifications/settings",
  keys: "/keys",
};
const named = forReadme ? README_SCREENS : Deno.args;
const chosen = named.length > 0 ? named : Object.keys(SCREENS);

await Deno.mkdir(FOLDER, { recursive: true });
for (const { name, ...options } of forReadme ? LOOKS.slice(0, 1) : LOOKS) {
  await withPage(options, async (page) => {
    if (!forReadme) {
      await page.goto(program.address);
      await page.waitForLoadState("networkidle");
      await page.screenshot({ path: `${FOLDER}/sign_in_${name}.png` });
    }
    await page.goto(`${program.address}/messages#key=${program.key}`);
    await page.evaluate((draft) => sessionStorage.setItem("waybill.draft", draft), DRAFT);
    for (const screen of chosen) {
      await page.goto(`${program.address}${SCREENS[screen]}`);
      await page.getByText("● live").waitFor();
      await page.waitForLoadState("networkidle");
      await page.screenshot({ path: `${FOLDER}/${screen}${forReadme ? "" : `_${name}`}.png` });
    }
  });
}
await program.stop();
await smtp.close();
await model[Symbol.asyncDispose]();
console.log(`The images are in ${FOLDER}`);
Deno.exit();
