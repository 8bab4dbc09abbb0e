import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { assertAccessible } from "../support/browser.ts";
import { halves, png } from "../support/images.ts";
import { request } from "../support/program.ts";
import { inBrowser, VIEWPORT } from "./support.ts";

// Hosts of images are not resolved then, so that the test needs no DNS server.
const ENVIRONMENT = { WEBHOOK_ALLOW_PRIVATE: "true" };

const IMAGES = "{ quotes { nodes { images { url uploaded } } } }";

inBrowser(
  "a quote is created with images, of which a broken one is refused and left out",
  async ({ page, program, open }) => {
    await open("/quotes");
    await page.getByRole("heading", { name: "No quotes yet" }).waitFor();
    await assertAccessible(page);
    await page.getByRole("button", { name: "New quote" }).first().click();
    await page.getByRole("button", { name: "Create quote" }).click();
    await page.getByText("is empty").first().waitFor();
    await page.getByRole("textbox", { name: "Customer", exact: true }).fill("Ada Lovelace");
    await page.getByRole("textbox", { name: "Email", exact: true }).fill("ada@example.com");
    await page.getByRole("textbox", { name: "Request", exact: true }).fill(
      "A fence of 20 m\nwith a gate",
    );
    await page.getByRole("textbox", { name: "Addresses of images" }).fill(
      "http://example.com/a.jpg",
    );
    await page.getByRole("button", { name: "Create quote" }).click();
    await page.getByText("must begin with https://").waitFor();
    await assertAccessible(page);
    await page.getByRole("textbox", { name: "Addresses of images" }).fill(
      "https://example.com/a.jpg\n",
    );

    const good = Buffer.from(await png(halves(300, 200)));
    await page.locator("input[type=file]").setInputFiles([
      { name: "fence.png", mimeType: "image/png", buffer: good },
      { name: "broken.png", mimeType: "image/png", buffer: good.subarray(0, 100) },
    ]);
    await page.getByRole("button", { name: "Create quote" }).click();
    await page.getByText("broken.png: body: is no PNG, JPEG or WebP image").waitFor();
    await assertAccessible(page);
    await page.getByRole("button", { name: "Remove broken.png" }).click();
    await page.getByRole("button", { name: "Continue" }).click();

    await page.getByRole("heading", { name: "Ada Lovelace" }).waitFor();
    const image = page.getByAltText("Image 1 of the request");
    await image.waitFor();
    await page.waitForFunction("document.querySelector('.quote-images img').naturalWidth > 0");
    // Only a click leads to an address that a customer gave.
    await page.getByRole("link", { name: "https://example.com/a.jpg" }).waitFor();
    strictEqual(await page.locator('img[src^="https:"]').count(), 0);
    await assertAccessible(page);
    const { quotes } = await request<
      { quotes: { nodes: { images: { url: string; uploaded: boolean }[] }[] } }
    >(program, IMAGES);
    deepStrictEqual(
      quotes.nodes.map(({ images }) => images.map(({ uploaded }) => uploaded)),
      [[false, true]],
    );
  },
  VIEWPORT,
  {},
  ENVIRONMENT,
);

const CREATE = `mutation ($name: String!, $email: String!, $request: String!) {
  createQuote(input: {
    customer: { name: $name, email: $email }, request: $request, process: false
  }) { __typename }
}`;

inBrowser(
  "quotes are found by state and text, new ones wait behind a button, and a MEMBER only reads",
  async ({ page, program, open }) => {
    const create = (name: string, text: string) =>
      request(program, CREATE, { name, email: "customer@example.com", request: text });
    await create("Ada", "A fence");
    await create("Grace", "Two oak tables");
    const { createApiKey: { secret } } = await request<{ createApiKey: { secret: string } }>(
      program,
      `mutation { createApiKey(input: { name: "max", role: MEMBER, userId: "max" }) {
        ... on CreateApiKeyPayload { secret } } }`,
    );
    await open("/quotes", secret);
    await page.getByRole("row", { name: "Grace" }).waitFor();
    strictEqual(await page.getByRole("button", { name: "New quote" }).count(), 0);

    await page.getByLabel("Search name, address or request").fill("OAK");
    await page.getByRole("row", { name: "Ada" }).waitFor({ state: "detached" });
    await page.getByRole("row", { name: "Grace" }).waitFor();
    await page.getByLabel("Clear the search").click();
    await page.getByRole("tab", { name: "Failed" }).click();
    await page.getByRole("heading", { name: "No quote matches" }).waitFor();
    await page.getByRole("tab", { name: "Pending" }).click();
    await page.getByRole("row", { name: "Ada" }).waitFor();

    await create("Barbara", "A roof");
    await page.getByRole("button", { name: "1 new" }).click();
    await page.getByRole("row", { name: "Barbara" }).click();
    await page.getByText("The request is pending.").waitFor();
    await assertAccessible(page);
    await page.keyboard.press("Escape");
    await page.getByRole("row", { name: "Grace" }).waitFor();
  },
);
