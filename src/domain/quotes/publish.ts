import type { Services } from "../services.ts";

/** Identifies a quote of an organization. */
export interface QuoteRef {
  readonly id: string;
  readonly organizationId: string;
}

/** Publishes changed quotes, after the commit. */
export function publishQuotes({ bus }: Services, changed: readonly QuoteRef[]): void {
  for (const [organizationId, quotes] of Map.groupBy(changed, (quote) => quote.organizationId)) {
    bus.publish("quotes", organizationId, quotes.map(({ id }) => id));
  }
}
