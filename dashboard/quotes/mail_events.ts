import { useSubscription } from "urql";
import { graphql, type VariablesOf } from "../api/graphql.ts";

const QuoteMailsChanged = graphql(`
  subscription QuoteMailsChanged($filter: DeliveryFilter!) {
    deliveriesUpdated(filter: $filter) { changed { id status attemptCount } }
  }
`);

type MailFilter = VariablesOf<typeof QuoteMailsChanged>["filter"];

/** Mails of all quotes. */
export const ALL_MAILS: MailFilter = { types: ["quote_customer", "quote_admin"] };

/** Mails with these ids. */
export function mailsOf(ids: readonly (string | undefined)[]): MailFilter | null {
  const known = ids.filter((id) => id !== undefined);
  return known.length > 0 ? { ids: known } : null;
}

/**
 * Calls a function after each change of mails, because the events of a quote tell nothing of its mails.
 *
 * @param filter null: follows none
 */
export function useMailEvents(filter: MailFilter | null, onChange: () => void): void {
  useSubscription(
    { query: QuoteMailsChanged, variables: { filter: filter ?? {} }, pause: filter === null },
    (_, event) => {
      onChange();
      return event;
    },
  );
}
