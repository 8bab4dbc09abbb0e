import type { UpsertOrderInput } from "../../src/domain/orders/order.ts";

/** Input for the order #1001 of ada@example.com, placed on 1 March 2026. */
export function orderInput(overrides: Partial<UpsertOrderInput> = {}): UpsertOrderInput {
  return {
    number: "#1001",
    contactEmail: "ada@example.com",
    status: "paid",
    total: { amount: "49.9", currency: "EUR" },
    createdAt: new Date("2026-03-01T10:00:00Z"),
    ...overrides,
  };
}
