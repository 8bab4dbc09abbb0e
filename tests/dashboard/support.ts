import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { noBrowser, withPage } from "../support/browser.ts";
import { type Program, request, startProgram } from "../support/program.ts";
import { type SmtpServerSettings, type SmtpTestServer, startSmtpServer } from "../support/smtp.ts";
import { makeDataDir } from "../support/data_dir.ts";

/** The program on an embedded database, with a mail server and a browser. */
export interface Scene {
  readonly page: Page;
  readonly smtp: SmtpTestServer;
  /** DATA_DIR of the program. */
  readonly dataDir: string;
  /** Changes with `restart`. */
  program: Program;
  /** Opens a page of the dashboard with an API key; by default the operator's. */
  open(path: string, key?: string): Promise<void>;
  /** Stops the program, runs `whileDown`, and starts it again at the same address, with further variables. */
  restart(
    whileDown: () => Promise<void>,
    further?: Readonly<Record<string, string>>,
  ): Promise<void>;
  /** Sends a message to some addresses; returns its id. */
  send(title: string, addresses: readonly string[]): Promise<string>;
}

const SEND = `mutation ($title: String!, $list: [RecipientInput!]!) {
  sendMessage(input: {
    title: $title, to: { list: $list }
    content: { subject: $title, text: "Hello", html: "<p style='color: red'>Hello</p>" }
  }) { ... on SendMessagePayload { message { id } } ... on Error { reason } }
}`;

/** Window of a test that names no other. */
export const VIEWPORT: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };

/** Registers a test in a real browser; it is skipped if none is installed. */
export function inBrowser(
  name: string,
  test: (scene: Scene) => Promise<void>,
  options: BrowserContextOptions = VIEWPORT,
  mailServer: SmtpServerSettings = {},
  environment: Readonly<Record<string, string>> = {},
): void {
  Deno.test({ name, ignore: noBrowser, fn: () => play(test, options, mailServer, environment) });
}

async function play(
  test: (scene: Scene) => Promise<void>,
  options: BrowserContextOptions,
  mailServer: SmtpServerSettings,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const smtp = await startSmtpServer(mailServer);
  const dataDir = join(makeDataDir(), "data");
  const settings = { DATA_DIR: dataDir, SMTP_URLS: smtp.url, ...environment };
  const program = await startProgram(settings);
  await withPage(options, async (page) => {
    const scene: Scene = {
      page,
      smtp,
      dataDir,
      program,
      async open(path, key = scene.program.key) {
        await page.goto(`${scene.program.address}${path}#key=${key}`);
      },
      async restart(whileDown, further = {}) {
        const { key, address } = scene.program;
        await scene.program.stop();
        await whileDown();
        const flags = ["--port", new URL(address).port];
        const changed = { ...settings, ...further, ADMIN_API_KEY: key };
        scene.program = { ...await startProgram(changed, flags), key };
      },
      async send(title, addresses) {
        const list = addresses.map((address) => ({ address }));
        const { sendMessage } = await request<{ sendMessage: { message: { id: string } } }>(
          scene.program,
          SEND,
          { title, list },
        );
        return sendMessage.message.id;
      },
    };
    try {
      await test(scene);
    } finally {
      await scene.program.stop();
      await smtp.close();
    }
  });
}
