import { graphql, type ResultOf } from "../api/graphql.ts";
import { DeliveryFields } from "../deliveries/delivery_fields.ts";
import { liveListOf } from "../kit/live_list.ts";

/** Fields of a quote that lists show. */
export const QuoteFields = graphql(`
  fragment QuoteFields on Quote {
    id
    status
    createdAt
    customer { name email }
    request
    processingLock { token since stale job { id } }
    estimate { total { amount currency } }
    error { type code message }
    customerDelivery { id status }
    adminDelivery { id status }
  }
`);

/** A quote as lists show it. */
export type QuoteRow = ResultOf<typeof QuoteFields>;

/** State of a quote. */
export type QuoteStatus = QuoteRow["status"];

const MailFields = graphql(
  `
  fragment MailFields on Delivery {
    ...DeliveryFields
    attempts { number provider startedAt finishedAt outcome error { type code message } }
  }
`,
  [DeliveryFields],
);

/** A mail of a quote. */
export type QuoteMail = ResultOf<typeof MailFields>;

const QuoteDetailFields = graphql(
  `
  fragment QuoteDetailFields on Quote {
    ...QuoteFields
    images { id url uploaded }
    adminSkipped
    estimate {
      total { amount currency }
      lineItems { description quantity unitPrice { amount currency } }
      notes
    }
    customerDelivery { ...MailFields }
    adminDelivery { ...MailFields }
  }
`,
  [QuoteFields, MailFields],
);

/** Reads a quote with all that its page shows. */
export const QuoteQuery = graphql(
  `
  query Quote($id: ID!) {
    quote(id: $id) { ...QuoteDetailFields }
  }
`,
  [QuoteDetailFields],
);

/** Follows a quote. The cache takes the changes. */
export const QuoteUpdated = graphql(
  `
  subscription QuoteUpdated($filter: QuoteFilter!) {
    quotesUpdated(filter: $filter) { changed { ...QuoteDetailFields } }
  }
`,
  [QuoteDetailFields],
);

/** A quote with all that its page shows. */
export type QuoteDetail = ResultOf<typeof QuoteDetailFields>;

/** Image of a request. */
export type QuoteImage = QuoteDetail["images"][number];

/** Estimate of a quote. */
export type Estimate = NonNullable<QuoteDetail["estimate"]>;

/** Reads a page of quotes. */
export const QuotesQuery = graphql(
  `
  query Quotes($filter: QuoteFilter, $first: Int, $after: String) {
    quotes(filter: $filter, first: $first, after: $after) {
      nodes { ...QuoteFields }
      totalCount
      pageInfo { hasNextPage endCursor }
    }
  }
`,
  [QuoteFields],
);

const QuotesUpdated = graphql(
  `
  subscription QuotesUpdated($filter: QuoteFilter) {
    quotesUpdated(filter: $filter) { reset changed { ...QuoteFields } removedIds }
  }
`,
  [QuoteFields],
);

/** The live list of quotes, newest first. */
export const QUOTES = liveListOf({
  query: QuotesQuery,
  page: ({ quotes }) => quotes,
  subscription: QuotesUpdated,
  changes: ({ quotesUpdated }) => quotesUpdated,
});
