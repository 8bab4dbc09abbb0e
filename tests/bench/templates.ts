// Rendering by the pool, compared with bare liquidjs on the calling thread, in batches as deliveries are
// sent; and the longest delay of the event loop while the worst template is previewed.
import process from "node:process";
import { Liquid } from "liquidjs";
import { RenderingPool } from "../../src/domain/templates/pool.ts";
import { measureAlternately, perSecond, report } from "./report.ts";

const ROUNDS = 5;
const MAILS = 20_000;
const WINDOW = 25;
const CONTENT = {
  subject: "News for {{ name }}",
  text: "Dear {{ name }},\n\nyour plan is {{ plan }}.\n\n{{ city }}\n",
  html: "<p>Dear {{ name }},</p><p>your plan is {{ plan }}.</p><p>{{ city }}</p>",
};
const WORST = "{% for a in (1..9999) %}{% for b in (1..999) %}{{ a }}{% endfor %}{% endfor %}";
const purpose = { organizationId: "bench" };
const values = (n: number) => ({
  address: `user${n}@example.com`,
  name: `User ${n}`,
  variables: { plan: "pro", city: "London" },
});

async function throughPool(pool: RenderingPool, window: number): Promise<number> {
  const start = performance.now();
  for (let sent = 0; sent < MAILS; sent += window) {
    const mails = Array.from({ length: window }, (_, n) => values(sent + n));
    await Promise.all(mails.map((mail) => pool.render(purpose, CONTENT, mail)));
  }
  return MAILS / (performance.now() - start) * 1_000;
}

function bare(): number {
  const engine = new Liquid({ outputEscape: "escape" });
  const parts = [CONTENT.subject, CONTENT.text, CONTENT.html].map((part) => engine.parse(part));
  const start = performance.now();
  for (let n = 0; n < MAILS; n++) {
    const { variables, ...mail } = values(n);
    for (const part of parts) engine.renderSync(part, { ...variables, ...mail });
  }
  return MAILS / (performance.now() - start) * 1_000;
}

/** CPU time of the process for one mail, in microseconds. */
async function cpuPerMail(run: () => Promise<unknown> | unknown): Promise<number> {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / MAILS;
}

async function longestDelay(pool: RenderingPool): Promise<number> {
  let [last, longest] = [performance.now(), 0];
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last - 5);
    last = performance.now();
  }, 5);
  const content = { subject: "Hello", text: WORST, html: "x".repeat(300_000) };
  await Promise.allSettled([
    pool.check(purpose, content),
    pool.render(purpose, content, values(0)),
  ]);
  clearInterval(timer);
  return longest;
}

const pool = new RenderingPool();
const rates = await measureAlternately(ROUNDS, {
  bare: () => Promise.resolve(bare()),
  windows: () => throughPool(pool, WINDOW),
  singles: () => throughPool(pool, 1),
});
const { bare: bareRate = NaN, windows = NaN, singles = NaN } = rates;
report("bare liquidjs on the calling thread", perSecond(bareRate));
report(`pool, ${WINDOW} recipients at a time`, perSecond(windows));
report("pool, one recipient at a time", perSecond(singles));
report("pool / bare liquidjs", (windows / bareRate).toFixed(2));
report("CPU per mail, bare liquidjs", `${(await cpuPerMail(bare)).toFixed(0)} µs`);
report(
  `CPU per mail, pool, ${WINDOW} recipients at a time`,
  `${(await cpuPerMail(() => throughPool(pool, WINDOW))).toFixed(0)} µs`,
);
report(
  "CPU per mail, pool, one recipient at a time",
  `${(await cpuPerMail(() => throughPool(pool, 1))).toFixed(0)} µs`,
);
report(
  "longest delay of the event loop, worst preview",
  `${(await longestDelay(pool)).toFixed(0)} ms`,
);
pool.close();
