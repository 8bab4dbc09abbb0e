import assert from "node:assert/strict";
import { DEFAULT_SLOTS, LANES, parseLaneSlots } from "../../../src/domain/jobs/lane.ts";

Deno.test("DEFAULT_SLOTS has slots for every lane", () => {
  assert.deepEqual([...DEFAULT_SLOTS.keys()], [...LANES]);
});

Deno.test("parseLaneSlots() reads lanes in any case, with spaces", () => {
  const { slots, faults } = parseLaneSlots("ai:5, Learning : 999,BULK:1");
  assert.deepEqual([...slots], [["AI", 5], ["LEARNING", 999], ["BULK", 1]]);
  assert.deepEqual(faults, []);
});

for (
  const [text, fault] of [
    ["", /like ai:5,learning:2 .* got ""$/],
    ["ai", /got "ai"$/],
    ["ai=5", /got "ai=5"$/],
    ["ai:-1", /got "ai:-1"$/],
    ["ai:1.5", /got "ai:1.5"$/],
    ["email:3", /lanes: transactional, ai, learning, bulk, webhook, system.* got "email:3"$/],
    ["ai:0", /1 to 999 slots, got "ai:0"$/],
    ["ai:1000", /1 to 999 slots, got "ai:1000"$/],
    ["ai:1,AI:2", /each lane once, got AI again$/],
  ] as const
) {
  Deno.test(`parseLaneSlots() refuses "${text}"`, () => {
    const { faults: [message = "", ...others] } = parseLaneSlots(text);
    assert.match(message, fault);
    assert.deepEqual(others, []);
  });
}
