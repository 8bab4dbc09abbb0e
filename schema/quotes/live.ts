import { watchLists } from "../../src/domain/live/watch_list.ts";
import { watchObjects } from "../../src/domain/live/watch_object.ts";
import type { Page } from "../../src/domain/page.ts";
import { findQuotes } from "../../src/domain/quotes/find.ts";
import { findImages } from "../../src/domain/quotes/images.ts";
import { listQuotes } from "../../src/domain/quotes/list.ts";
import { readMailChanges } from "../../src/domain/quotes/live_mails.ts";
import type { Quote } from "../../src/domain/quotes/quote.ts";
import type { Services } from "../../src/domain/services.ts";
import { builder } from "../kit/builder.ts";
import { listChangeType } from "../kit/list_change.ts";
import { followNode } from "../kit/node_updated.ts";
import { QuoteFilter, quoteFilter } from "./queries.ts";
import { QuoteNode, type QuoteState } from "./quote.ts";

followNode(
  QuoteNode,
  watchObjects<QuoteState>({
    noun: "quote",
    topic: "quotes",
    load: async (services, ids) => await withParts(services, await findQuotes(services, ids)),
    idOf: ({ id }) => id,
    visible: ({ organizationId }, quote) => quote.organizationId === organizationId,
    finished: () => false,
  }),
);

const watchQuotes = watchLists({
  topic: "quotes",
  idOf: ({ id }: QuoteState) => id,
  list: async (services, caller, filter: ReturnType<typeof quoteFilter>, args) => {
    const page: Page<Quote> = await listQuotes(services, caller, filter, args);
    const quotes = await withParts(services, page.edges.map(({ node }) => node));
    const edges = page.edges.map((edge, index) => ({ ...edge, node: quotes[index] ?? edge.node }));
    return { ...page, edges };
  },
});

// Images and mails are other rows than the quote's, so events must compare them, too.
async function withParts(services: Services, quotes: readonly Quote[]): Promise<QuoteState[]> {
  const ids = quotes.map(({ id }) => id);
  const [images, mails] = await Promise.all([
    findImages(services, ids),
    readMailChanges(services.db, ids),
  ]);
  const imagesOf = Map.groupBy(images, ({ quoteId }) => quoteId);
  const mailsOf = new Map(mails.map((changes) => [changes.quoteId, changes]));
  return quotes.map((quote) => ({
    ...quote,
    images: imagesOf.get(quote.id) ?? [],
    mailChanges: mailsOf.get(quote.id),
  }));
}

const QuoteChanges = listChangeType("quote", QuoteNode, "QuoteChanges");

builder.subscriptionField("quotesUpdated", (t) =>
  t.field({
    type: QuoteChanges,
    description:
      "Emits the first page of the matching quotes, newest first, then the changes of the list.",
    args: {
      filter: t.arg({ type: QuoteFilter, description: "Filter of the quotes; absent: all." }),
    },
    subscribe: (_root, { filter }, { services, caller }) =>
      watchQuotes(services, caller, quoteFilter(filter)),
    resolve: (change) => change,
  }));
