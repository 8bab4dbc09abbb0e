import type { Money } from "../../src/domain/money.ts";
import { builder } from "./builder.ts";

builder.scalarType("Decimal", {
  description:
    "Decimal number, as a string so that no digit is lost: 12.50. Inputs may be numbers, too.",
  serialize: String,
  parseValue(value) {
    if (typeof value === "string" || typeof value === "number") return String(value);
    throw new TypeError("Decimal must be a string or a number");
  },
});

/** Amount of money. */
export const MoneyObject = builder.objectRef<Money>("Money").implement({
  description: "Amount of money.",
  fields: (t) => ({
    amount: t.expose("amount", {
      type: "Decimal",
      description: "Amount in units of the currency.",
    }),
    currency: t.exposeString("currency", { description: "Currency (ISO 4217): USD." }),
  }),
});

/** Amount of money in an input. */
export const MoneyInput = builder.inputType("MoneyInput", {
  description: "Amount of money.",
  fields: (t) => ({
    amount: t.field({
      type: "Decimal",
      required: true,
      description: "Amount in units of the currency: 12.50.",
    }),
    currency: t.string({ required: true, description: "Currency (ISO 4217): USD." }),
  }),
});
