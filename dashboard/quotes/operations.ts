import { Failure, graphql, type VariablesOf } from "../api/graphql.ts";
import { QuoteFields } from "./quote_fields.ts";

/** Creates a quote from a request of a customer. */
export const CreateQuote = graphql(
  `
  mutation CreateQuote($input: CreateQuoteInput!) {
    createQuote(input: $input) {
      __typename
      ... on CreateQuotePayload { quote { ...QuoteFields } created }
      ...Failure
    }
  }
`,
  [QuoteFields, Failure],
);

/** Request for a new quote. */
export type CreateQuoteInput = VariablesOf<typeof CreateQuote>["input"];
