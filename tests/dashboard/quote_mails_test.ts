import { deepStrictEqual } from "node:assert/strict";
import { assertAccessible } from "../support/browser.ts";
import { startModelServer } from "../support/model_server.ts";
import { request } from "../support/program.ts";
import { ESTIMATE } from "../support/quotes.ts";
import { inBrowser, VIEWPORT } from "./support.ts";

const model = await startModelServer({ reply: () => ESTIMATE });
Deno.test.afterAll(async () => await model[Symbol.asyncDispose]());

const FULL = "452 4.2.2 Mailbox full";
const CREATE = `mutation ($name: String!, $email: String!) {
  createQuote(input: { customer: { name: $name, email: $email }, request: "A fence" }) {
    __typename
  }
}`;

inBrowser(
  "a failed mail of a quote is found, explained and sent again, alone and in stages",
  async ({ page, program, smtp, open }) => {
    const create = (name: string) =>
      request(program, CREATE, { name, email: `${name.toLowerCase()}@example.com` });
    await create("Ada");
    await open("/quotes");
    await page.getByRole("row", { name: "Ada" }).getByLabel("Failed").waitFor();
    await page.getByText("Mail to the customer failed").click();
    await page.getByRole("row", { name: "Ada" }).click();
    const customer = page.getByRole("region", { name: "Mail to the customer" });
    await customer.getByText(FULL).waitFor();
    await customer.getByText("1 attempt").waitFor();
    await page.getByRole("region", { name: "Mail to the admin" }).getByText("Sent").waitFor();
    await page.getByRole("link", { name: /Mail to the customer, attempt 1: .*Mailbox full/ })
      .waitFor();
    await assertAccessible(page);

    smtp.replies.reject = undefined;
    await customer.getByRole("button", { name: "Retry the customer's mail" }).click();
    await customer.getByText("Sent").waitFor();
    await customer.getByText("2 attempts").waitFor();
    await page.getByRole("link", { name: "Mail to the customer, attempt 2" }).waitFor();

    smtp.replies.reject = rejectCustomers;
    await create("Grace");
    await open("/quotes?view=customer");
    await page.getByRole("row", { name: "Grace" }).waitFor();
    smtp.replies.reject = undefined;
    await page.getByRole("button", { name: "Actions" }).click();
    await page.getByRole("menuitem", { name: "Retry failed mails …" }).click();
    await page.getByText("To customers").click();
    await assertAccessible(page);
    await page.getByRole("button", { name: "In stages …" }).click();
    await page.getByRole("button", { name: "Retry 1 in stages" }).click();
    await page.getByText("Finished", { exact: true }).first().waitFor();
    await smtp.untilReceived(4);
    deepStrictEqual(
      smtp.received.map(({ recipient }) => recipient).sort(),
      ["ada@example.com", "grace@example.com", "office@example.com", "office@example.com"],
    );

    await open("/overview");
    const tile = page.getByRole("region", { name: "Quotes" });
    await tile.getByText("2 sent").first().waitFor();
    await tile.getByRole("link", { name: "2", exact: true }).waitFor();
    await assertAccessible(page);
  },
  VIEWPORT,
  { reject: rejectCustomers },
  {
    OPENAI_API_KEY: "sk-good",
    OPENAI_BASE_URL: model.baseUrl,
    ADMIN_EMAIL: "office@example.com",
  },
);

function rejectCustomers(address: string): string | null {
  return address.startsWith("office") ? null : FULL;
}
