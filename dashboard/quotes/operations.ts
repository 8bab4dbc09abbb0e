import { Failure, graphql, type VariablesOf } from "../api/graphql.ts";
import { QuoteFields } from "./quote_fields.ts";

/** Creates a quote from a request of a customer. */
export const CreateQuote = graphql(
  `
  mutation CreateQuote($input: CreateQuoteInput!) {
    createQuote(input: $input) {
      __typename
      ... on CreateQuotePayload { quote { ...QuoteFields } job { id } created }
      ...Failure
    }
  }
`,
  [QuoteFields, Failure],
);

/** Request for a new quote. */
export type CreateQuoteInput = VariablesOf<typeof CreateQuote>["input"];

/** Asks the model for the estimates of quotes. */
export const ProcessQuotes = graphql(
  `
  mutation ProcessQuotes($input: ProcessQuotesInput) {
    processQuotes(input: $input) {
      __typename
      ... on ProcessQuotesPayload { quotes { ...QuoteFields } skipped { quote { id } reason } }
      ...Failure
    }
  }
`,
  [QuoteFields, Failure],
);

/** Sends failed mails of quotes again. */
export const RetryQuoteEmails = graphql(
  `
  mutation RetryQuoteEmails($input: RetryQuoteEmailsInput) {
    retryQuoteEmails(input: $input) {
      __typename
      ... on RetryQuoteEmailsPayload {
        queuedCount
        quotes { ...QuoteFields }
        refused { quote { id } reason }
      }
      ...Failure
    }
  }
`,
  [QuoteFields, Failure],
);

/** Mails to send again. */
export type RetryQuoteEmailsInput = NonNullable<VariablesOf<typeof RetryQuoteEmails>["input"]>;

/** Releases the locks of processing that has stopped. */
export const ReleaseStaleLocks = graphql(
  `
  mutation ReleaseStaleLocks {
    releaseStaleLocks {
      __typename
      ... on ReleaseStaleLocksPayload { quotes { ...QuoteFields } }
      ...Failure
    }
  }
`,
  [QuoteFields, Failure],
);
