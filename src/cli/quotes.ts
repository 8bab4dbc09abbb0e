import type { Command } from "commander";
import { wholeNumber, withLimit } from "./arguments.ts";
import { ago } from "./format.ts";
import { Failure, graphql, type ResultOf } from "./graphql.ts";
import { payloadOf } from "./outcome.ts";
import { type Column, type JsonFlag, printMore, printRows, withJson } from "./rows.ts";
import { Server } from "./server.ts";
import { writeNote } from "./terminal.ts";

const MAX_PROCESSED = 1_000;

const QuoteRow = graphql(`
  fragment CliQuote on Quote {
    id status createdAt
    customer { name email }
    processingLock { since stale job { id } }
    error { type code message }
  }
`);

const QUOTES = graphql(
  `
  query CliQuotes($filter: QuoteFilter!, $first: Int!) {
    quotes(filter: $filter, first: $first) {
      nodes { ...CliQuote }
      pageInfo { hasNextPage }
    }
  }
`,
  [QuoteRow],
);

const PROCESS = graphql(
  `
  mutation CliProcessQuotes($input: ProcessQuotesInput!) {
    processQuotes(input: $input) {
      __typename
      ... on ProcessQuotesPayload { quotes { ...CliQuote } skipped { quote { id } reason } }
      ...Failure
    }
  }
`,
  [QuoteRow, Failure],
);

type Quote = ResultOf<typeof QuoteRow>;

const COLUMNS: readonly Column<Quote>[] = [
  { name: "id", value: ({ id }) => id },
  { name: "status", value: ({ status }) => status },
  { name: "customer", value: ({ customer }) => customer.email },
  { name: "name", value: ({ customer }) => customer.name, jsonOnly: true },
  { name: "created", value: ({ createdAt }) => createdAt, text: ({ createdAt }) => ago(createdAt) },
  {
    name: "lock",
    value: ({ processingLock }) => processingLock,
    text: ({ processingLock: lock }) =>
      lock ? `${ago(lock.since)}${lock.stale ? " (stale)" : ""}` : "–",
  },
  {
    name: "error",
    value: ({ error }) => error,
    text: ({ error }) => error ? `${error.type} ${error.message}` : "–",
  },
];

interface ListFlags {
  readonly limit: number;
  readonly stale?: boolean;
  readonly json?: JsonFlag;
}

interface ProcessFlags {
  readonly limit: number;
  readonly force?: boolean;
  readonly quoteId?: string[];
  readonly json?: JsonFlag;
}

/** Adds `quotes list` and `quotes process`. */
export function addQuotes(program: Command): void {
  const quotes = program.command("quotes").description("list or process quotes");
  withJson(withLimit(quotes.command("list"))).description("list the quotes, newest first")
    .option("--stale", "only quotes whose lock is older than 30 minutes")
    .addHelpText("after", "\nExample:\n  waybill quotes list --stale --json id,lock")
    .action(listQuotes);
  withJson(quotes.command("process"))
    .description("queue quotes for the language model, and release locks older than 30 minutes")
    .option(
      "--limit <n>",
      "number of the oldest pending quotes, 0 to 1,000; 0 only releases locks",
      wholeNumber(0, MAX_PROCESSED),
      10,
    )
    .option("--quote-id <id...>", "only these quotes: quo_…")
    .option(
      "--force",
      "also failed quotes; with --quote-id also replaces estimates, and takes over quotes that are being processed",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  waybill quotes process --limit 20\n" +
        "  waybill quotes process --force --quote-id quo_01h45ytscbebyvny4gc8cr8ma2",
    )
    .action(processQuotes);
}

async function listQuotes(flags: ListFlags): Promise<void> {
  const filter = { lockStale: flags.stale };
  const { quotes } = await new Server().query(QUOTES, { filter, first: flags.limit });
  const empty = flags.stale ? "No quote has a stale lock." : "There are no quotes.";
  printRows(quotes.nodes, COLUMNS, { json: flags.json, empty });
  printMore(quotes.pageInfo.hasNextPage, flags);
}

async function processQuotes({ limit, force, quoteId, json }: ProcessFlags): Promise<void> {
  const input = { limit, force, quoteIds: quoteId };
  const result = await new Server().query(PROCESS, { input });
  const { quotes, skipped } = payloadOf(result.processQuotes, "Cannot process quotes");
  for (const { quote, reason } of skipped) writeNote(`Skipped ${quote.id}: ${reason}`);
  printRows(quotes, COLUMNS, { json, empty: "No quote was queued." });
}
