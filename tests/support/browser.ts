import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import axe from "axe-core";
import { type BrowserContextOptions, chromium, type Page } from "playwright-core";

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
  .find((path) => existsSync(path));

/** True if no Chromium is installed: tests in a browser are skipped then. */
export const noBrowser = CHROMIUM === undefined;

let built: Promise<void> | null = null;

/** Builds the dashboard unless its build is up to date. */
export function buildDashboard(): Promise<void> {
  built ??= (async () => {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["task", "dashboard", "--if-stale"],
      cwd: new URL("../../", import.meta.url),
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
  })();
  return built;
}

/** Runs `test` with a page of a new browser. Errors of the page fail the test. */
export async function withPage(
  options: BrowserContextOptions,
  test: (page: Page) => Promise<void>,
): Promise<void> {
  await buildDashboard();
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    // Containers of CI run as root, for which Chromium has no sandbox.
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
  });
  const faults: string[] = [];
  try {
    // Without motion, because axe-core finds low contrast in a dialog that is still fading in.
    const context = await browser.newContext({ reducedMotion: "reduce", ...options });
    const page = await context.newPage();
    page.on("pageerror", ({ message }) => faults.push(message));
    page.on("console", (message) => {
      if (/Content Security Policy|React/.test(message.text())) faults.push(message.text());
    });
    await test(page);
  } finally {
    await browser.close();
  }
  assert.deepEqual(faults, []);
}

interface AxeRun {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly help: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

// The contrast of a text is low while its colour changes. Transitions begin in the frame after the change.
const TRANSITIONS_ENDED = `new Promise((resolve) =>
  requestAnimationFrame(() => requestAnimationFrame(resolve))
).then(() => Promise.allSettled(
  document.getAnimations()
    .filter(({ effect }) => effect.getComputedTiming().iterations !== Infinity)
    .map(({ finished }) => finished)
))`;

/** Fails if axe-core finds a serious or critical fault on the page. */
export async function assertAccessible(page: Page): Promise<void> {
  await page.evaluate(TRANSITIONS_ENDED);
  await page.evaluate(axe.source);
  const { violations }: AxeRun = await page.evaluate("axe.run()");
  const serious = violations.filter(({ impact }) => /serious|critical/.test(impact));
  assert.equal(
    serious.map(({ id, help, nodes }) =>
      `${page.url()}: ${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`
    ).join("\n"),
    "",
  );
}
