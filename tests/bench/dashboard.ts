// The dashboard in a real Chromium: time until a page is usable, scrolling through 100,000 failed recipients,
// and live changes of deliveries. Long tasks are those that block the page for more than 50 ms.
import type { Page } from "playwright-core";
import { LONG, statement } from "../../src/db/database.ts";
import { newId, toTypeId } from "../../src/domain/id.ts";
import { withPage } from "../support/browser.ts";
import { testDatabase } from "../support/database.ts";
import { type Program, request, startProgram } from "../support/program.ts";
import { startSmtpServer } from "../support/smtp.ts";
import { median, report } from "./report.ts";

const FAILED = 100_000;
// Rows of one measurement of scrolling.
const STEP = 25_000;
const LIVE_SECONDS = 15;
const RATES = [50, 500];
const OPENINGS = 3;
const VIEWPORT = { viewport: { width: 1360, height: 850 } };

const OWN_ORGANIZATION = statement<[], { id: string }>(
  "bench.ownOrganization",
  "select id from organizations where id in (select organization_id from api_keys) limit 1",
);
const FILL_MESSAGE = statement<[organizationId: string, id: string, count: number]>(
  "bench.fillFailedMessage",
  `with m as (
     insert into messages (id, organization_id, title, channel, type, lane, status, subject, text_body,
       recipient_count, planned_count, finished_at)
     values ($2, $1, 'All failed', 'EMAIL', 'bench', 'BULK', 'FAILED', 's', 't', $3, $3, now())
   ),
   b as (
     insert into batches (organization_id, message_id, number, lo, hi, size, job_id, finished_at)
     select $1, $2, n, n * 100 - 99, n * 100, 100, uuid_v7(), now()
     from generate_series(1, $3 / 100) n returning id
   )
   insert into delivery_stats (organization_id, message_id, batch_id, minute, attempt, outcome,
     error_type, n)
   select $1, $2, id, date_trunc('minute', now()), 1, 'FAILED', 'NETWORK', 100 from b`,
  LONG,
);
const FILL_DELIVERIES = statement<[organizationId: string, id: string, count: number]>(
  "bench.fillFailedDeliveries",
  `insert into deliveries (organization_id, message_id, n, batch_number, address, name, status,
     attempt, tries, error_type, error_code, error_message, retryable, failed_at, last_attempt_at)
   select $1, $2, n, (n + 99) / 100, 'person' || n || '@example.net', 'Person ' || n, 'FAILED', 1, 1,
     'NETWORK', '421', '421 4.4.2 Connection dropped, number ' || n, true,
     now() - n * interval '1 ms', now()
   from generate_series(1, $3) n`,
  LONG,
);
const ANALYZE = statement<[]>("bench.analyze", "analyze");

/** Tasks of a page that blocked it, in ms. */
async function longTasksDuring(page: Page, work: () => Promise<void>): Promise<number[]> {
  await page.evaluate(`(() => {
    globalThis.longTasks = [];
    globalThis.observer?.disconnect();
    globalThis.observer = new PerformanceObserver((list) =>
      longTasks.push(...list.getEntries().map(({ duration }) => duration)));
    observer.observe({ type: "longtask" });
  })()`);
  await work();
  return await page.evaluate("longTasks");
}

function describe(tasks: readonly number[]): string {
  const longest = Math.round(Math.max(0, ...tasks));
  return tasks.length === 0 ? "none" : `${tasks.length}, the longest ${longest} ms`;
}

async function measureOpening(program: Program): Promise<void> {
  const pages = { "/overview": ".overview-figures", "/messages": ".list-body strong" };
  for (const [path, data] of Object.entries(pages)) {
    const times: number[] = [];
    for (let n = 0; n < OPENINGS; n++) {
      await withPage(VIEWPORT, async (page) => {
        await page.goto(`${program.address}${path}#key=${program.key}`);
        await page.locator(data).first().waitFor();
        times.push(await page.evaluate("performance.now()"));
      });
    }
    report(`${path} shows data, with an empty browser cache`, `${Math.round(median(times))} ms`);
  }
}

/** Scrolls the failed recipients by some px in each frame, until the row with a number is shown. */
async function scroll(page: Page, px: number, row: number): Promise<void> {
  await page.evaluate(`new Promise((resolve) => {
    const scroller = document.querySelector("[aria-label='Failed recipients']");
    const step = () => {
      if (document.querySelector('[aria-rowindex="${row}"]')) return resolve();
      scroller.scrollTop += ${px};
      requestAnimationFrame(step);
    };
    step();
  })`);
}

async function measureScrolling(page: Page): Promise<void> {
  for (let rows = STEP; rows <= FAILED; rows += STEP) {
    const start = performance.now();
    const tasks = await longTasksDuring(page, () => scroll(page, 4_000, rows + 1));
    const seconds = (performance.now() - start) / 1_000;
    report(`recipients scrolled up to ${rows.toLocaleString("en")}`, `${seconds.toFixed(0)} s`);
    report("  long tasks", describe(tasks));
  }
  const heap: number = await page.evaluate("performance.memory.usedJSHeapSize");
  report("  memory of the page", `${Math.round(heap / 1e6)} MB`);
  const back = await longTasksDuring(page, () => scroll(page, -20_000, 2));
  report("  long tasks of scrolling back through loaded rows", describe(back));
}

async function measureLive(program: Program, page: Page, perSecond: number): Promise<void> {
  const list = Array.from(
    { length: Math.min(10_000, perSecond * (LIVE_SECONDS + 5)) },
    (_, n) => ({ address: `live${n}@example.net` }),
  );
  const { sendMessage } = await request<{ sendMessage: { message: { id: string } } }>(
    program,
    `mutation ($list: [RecipientInput!]!, $perSecond: Float!, $provider: ID!) {
      updateProvider(id: $provider, input: { perSecondLimit: $perSecond }) { __typename }
      sendMessage(input: { title: "Live", to: { list: $list }, content: { subject: "s", text: "t" } }) {
        ... on SendMessagePayload { message { id } }
      }
    }`,
    { list, perSecond, provider: await providerOf(program) },
  );
  await page.goto(`${program.address}/messages/${sendMessage.message.id}?tab=recipients`);
  await page.locator(".message-state").getByText("Sending").waitFor();
  const tasks = await longTasksDuring(page, () => page.waitForTimeout(LIVE_SECONDS * 1_000));
  report(`long tasks while ${perSecond} deliveries/s change in an open list`, describe(tasks));
}

async function providerOf(program: Program): Promise<string> {
  const { installation } = await request<{ installation: { providers: { id: string }[] } }>(
    program,
    "{ installation { providers { id } } }",
  );
  return installation.providers[0]?.id ?? "";
}

const { db, url, close } = await testDatabase();
const smtp = await startSmtpServer({});
const program = await startProgram({ DATABASE_URL: url, SMTP_URLS: smtp.url });
const [organization] = await db.run(OWN_ORGANIZATION);
const messageId = newId();
await db.run(FILL_MESSAGE, organization?.id ?? "", messageId, FAILED);
await db.run(FILL_DELIVERIES, organization?.id ?? "", messageId, FAILED);
await db.run(ANALYZE);

await measureOpening(program);
await withPage(VIEWPORT, async (page) => {
  await page.goto(
    `${program.address}/messages/${toTypeId("message", messageId)}?tab=failed#key=${program.key}`,
  );
  await page.getByRole("row", { name: "person1@example.net" }).waitFor();
  await measureScrolling(page);
  for (const perSecond of RATES) await measureLive(program, page, perSecond);
});
await program.stop();
await smtp.close();
await close();
