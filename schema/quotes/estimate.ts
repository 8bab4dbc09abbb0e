import type { Estimate, EstimateLine } from "../../src/domain/quotes/quote.ts";
import { builder } from "../kit/builder.ts";
import { MoneyObject } from "../kit/money.ts";

interface PricedLine extends EstimateLine {
  readonly currency: string;
}

const EstimateLineObject = builder.objectRef<PricedLine>("EstimateLine").implement({
  description: "Line item of an estimate.",
  fields: (t) => ({
    description: t.exposeString("description", { description: "Goods or work that is offered." }),
    quantity: t.expose("quantity", { type: "Decimal", description: "Quantity, not negative." }),
    unitPrice: t.field({
      type: MoneyObject,
      description: "Price of one unit.",
      resolve: ({ unitPrice, currency }) => ({ amount: unitPrice, currency }),
    }),
  }),
});

/** Estimate of the language model. */
export const EstimateObject = builder.objectRef<Estimate>("Estimate").implement({
  description: "Estimate of the language model. All amounts are in one currency.",
  fields: (t) => ({
    total: t.field({
      type: MoneyObject,
      description: "Sum of quantity times price over all line items.",
      resolve: ({ total, currency }) => ({ amount: total, currency }),
    }),
    lineItems: t.field({
      type: [EstimateLineObject],
      description: "Line items, at least one.",
      resolve: ({ lineItems, currency }) => lineItems.map((line) => ({ ...line, currency })),
    }),
    notes: t.exposeString("notes", {
      nullable: true,
      description: "Assumptions and open questions; null if none.",
    }),
  }),
});
