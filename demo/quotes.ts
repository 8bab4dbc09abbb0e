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
  quote(id: $id) { status estimate { total { amount currency } lineItems { description } } error { message } }
}`;

interface Created {
  readonly createQuote: { readonly quote?: { readonly id: string }; readonly reason?: string };
}

interface Quote {
  readonly status: string;
  readonly estimate: {
    readonly total: { readonly amount: string; readonly currency: string };
    readonly lineItems: readonly { readonly description: string }[];
  } | null;
  readonly error: { readonly message: string } | null;
}

/** Requests a quote, and prints the estimate that the stand-in for the language model makes. */
export async function requestQuotes(
  demo: { readonly address: string; readonly key: string },
): Promise<void> {
  const { createQuote: { quote, reason } } = await execute<Created>(demo, CREATE, {
    input: {
      customer: { name: "Ada Lovelace", email: "ada@example.com" },
      request: "How much is a dining table of oak for eight people, delivered?",
    },
  });
  if (!quote) throw new Error(`Cannot request a quote: ${reason}`);
  const { estimate, error } = await untilQuoted(demo, quote.id);
  if (!estimate) throw new Error(`There is no estimate: ${error?.message}`);
  const { total: { amount, currency }, lineItems } = estimate;
  console.log(`
A customer has asked for a quote, and the stand-in for the language model estimates ${amount} ${currency}:
${lineItems.map(({ description }) => `  - ${description}`).join("\n")}
Quotes: ${demo.address}/quotes   AI usage: ${demo.address}/ai-usage`);
}

async function untilQuoted(
  demo: { readonly address: string; readonly key: string },
  id: string,
): Promise<Quote> {
  while (true) {
    const { quote } = await execute<{ quote: Quote }>(demo, READ, { id });
    if (quote.status === "AI_QUOTED" || quote.status === "AI_ERROR") return quote;
    await delay(POLL_MS);
  }
}
