import { type Command, Option } from "commander";
import { wholeNumber } from "./arguments.ts";
import { count } from "./format.ts";
import { Failure, graphql } from "./graphql.ts";
import { payloadOf } from "./outcome.ts";
import { Server } from "./server.ts";
import { writeLine, writeNote } from "./terminal.ts";

const RETRY = graphql(
  `
  mutation CliRetryQuoteEmails($input: RetryQuoteEmailsInput) {
    retryQuoteEmails(input: $input) {
      __typename
      ... on RetryQuoteEmailsPayload { queuedCount quotes { id } refused { quote { id } reason } }
      ...Failure
    }
  }
`,
  [Failure],
);

const TYPES = { customer: "CUSTOMER", admin: "ADMIN", both: "BOTH" } as const;

interface RetryFlags {
  readonly quoteId?: readonly string[];
  readonly type: keyof typeof TYPES;
  readonly limit: number;
  readonly maxAttempts: number;
}

/** Adds `email retry-failed`, which retries the mails of quotes. */
export function addQuoteMails(program: Command): void {
  program.command("email").description("retry the mails of quotes")
    .command("retry-failed").description("queue failed mails of quotes, one every 2 s")
    .option("--quote-id <id...>", "mails of these quotes, in place of those that failed first")
    .addOption(
      new Option("--type <type>", "mails to retry").choices(Object.keys(TYPES)).default("both"),
    )
    .option("--limit <n>", "number of mails, 1 to 1000", wholeNumber(1, 1_000), 50)
    .option("--max-attempts <n>", "mails with fewer attempts, 1 to 10", wholeNumber(1, 10), 3)
    .addHelpText(
      "after",
      "\nExamples:\n  waybill email retry-failed --type customer --max-attempts 5 --limit 100\n" +
        "  waybill email retry-failed --quote-id quo_…",
    )
    .action(retryFailed);
}

async function retryFailed({ quoteId, type, limit, maxAttempts }: RetryFlags): Promise<void> {
  const quoteIds = quoteId ? [...quoteId] : null;
  const input = { quoteIds, type: TYPES[type], limit, maxAttempts };
  const result = await new Server().query(RETRY, { input });
  const payload = payloadOf(result.retryQuoteEmails, "Cannot retry mails of quotes");
  for (const { quote, reason } of payload.refused) writeNote(`${quote.id} refused: ${reason}`);
  for (const { id } of payload.quotes) writeLine(id);
  writeNote(`${count(payload.queuedCount)} queued.`);
}
