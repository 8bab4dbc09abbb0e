// deno-lint-ignore-file no-console
import { setTimeout as delay } from "node:timers/promises";
import { execute } from "./api.ts";

const POLL_MS = 500;

const CREATE = `mutation Quote($input: CreateQuoteInput!) {
  createQuote(input: $input) {
    ... on CreateQuotePayload { quote { id } }
    ... on Error { reason }
  }
}`;

const READ = `query Quote($id: ID!) {
  quote(id: $id) {
    status
    estimate { total { amount currency } lineItems { description } }
    error { message }
    customerDelivery { status error { code message } }
  }
}`;

const RETRY = `mutation Retry($ids: [ID!]!) {
  retryQuoteEmails(input: { quoteIds: $ids, type: CUSTOMER }) {
    ... on RetryQuoteEmailsPayload { queuedCount }
    ... on Error { reason }
  }
}`;

interface Demo {
  readonly address: string;
  readonly key: string;
}

interface Quote {
  readonly status: string;
  readonly estimate: {
    readonly total: { readonly amount: string; readonly currency: string };
    readonly lineItems: readonly { readonly description: string }[];
  } | null;
  readonly error: { readonly message: string } | null;
  readonly customerDelivery: {
    readonly status: string;
    readonly error: { readonly code: string | null; readonly message: string } | null;
  } | null;
}

/**
 * Requests a quote, prints the estimate that the stand-in for the language model makes, and retries its mail, which
 * the mail server refuses at first.
 */
export async function requestQuote(demo: Demo): Promise<void> {
  const id = await create(demo);
  const quoted = await until(demo, id, ({ status }) => /^AI_(QUOTED|ERROR)$/.test(status));
  if (!quoted.estimate) throw new Error(`There is no estimate: ${quoted.error?.message}`);
  const { total: { amount, currency }, lineItems } = quoted.estimate;
  console.log(`
A customer has asked for a quote, and the stand-in for the language model estimates ${amount} ${currency}:
${lineItems.map(({ description }) => `  - ${description}`).join("\n")}`);
  const refused = await until(demo, id, isMailed);
  console.log(`Mail to the customer: ${mailOf(refused)}`);
  await execute<unknown>(demo, RETRY, { ids: [id] });
  const sent = await until(demo, id, ({ customerDelivery }) => customerDelivery?.status === "SENT");
  console.log(`After its retry:      ${mailOf(sent)}
Quotes: ${demo.address}/quotes   AI usage: ${demo.address}/ai-usage`);
}

async function create(demo: Demo): Promise<string> {
  // An address of its own for each run, because the mail server refuses an address once.
  const email = `later.${Date.now().toString(36)}@example.com`;
  const { createQuote: { quote, reason } } = await execute<{
    createQuote: { readonly quote?: { readonly id: string }; readonly reason?: string };
  }>(demo, CREATE, {
    input: {
      customer: { name: "Ada Lovelace", email },
      request: "How much is a dining table of oak for eight people, delivered?",
    },
  });
  if (!quote) throw new Error(`Cannot request a quote: ${reason}`);
  return quote.id;
}

async function until(demo: Demo, id: string, holds: (quote: Quote) => boolean): Promise<Quote> {
  while (true) {
    const { quote } = await execute<{ quote: Quote }>(demo, READ, { id });
    if (holds(quote)) return quote;
    await delay(POLL_MS);
  }
}

function isMailed({ customerDelivery }: Quote): boolean {
  return customerDelivery?.status === "FAILED" || customerDelivery?.status === "SENT";
}

function mailOf({ customerDelivery }: Quote): string {
  const { status = "none", error = null } = customerDelivery ?? {};
  return error && status !== "SENT" ? `${status}, ${error.message}` : status;
}
