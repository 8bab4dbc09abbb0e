import assert from "node:assert/strict";
import { MessageBudgets } from "../../../src/domain/templates/budgets.ts";

Deno.test("a message that has used its CPU time is not rendered any more", () => {
  const budgets = new MessageBudgets();
  for (let recipient = 0; recipient < 5; recipient++) budgets.spend("slow", 1_000);
  assert.equal(budgets.refusalOf("slow"), null);
  budgets.spend("slow", 1_000);
  const { type, reason } = budgets.refusalOf("slow") ?? {};
  assert.equal(type, "fault");
  assert.equal(reason, "the message takes more than 5 s of CPU time plus 50 ms per recipient");
  assert.equal(budgets.refusalOf("other"), null);
});

Deno.test("each recipient adds to the CPU time of its message", () => {
  const budgets = new MessageBudgets();
  for (let recipient = 0; recipient < 1_000; recipient++) budgets.spend("long", 50);
  assert.equal(budgets.refusalOf("long"), null);
});
