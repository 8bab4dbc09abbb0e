import assert from "node:assert/strict";
import { InvalidInputError } from "../../../src/domain/errors.ts";
import type { Content } from "../../../src/domain/rendering.ts";
import { compileContent, variablesOf } from "../../../src/domain/templates/engine.ts";

function refuses(content: Content): InvalidInputError["issues"] {
  try {
    compileContent(content);
  } catch (error) {
    assert.ok(error instanceof InvalidInputError);
    return error.issues;
  }
  assert.fail("compiled");
}

for (
  const [source, message] of [
    ["x".repeat(1_000_001), "is longer than 1,000,000 characters"],
    [
      "a\n" + "{{ a }}".repeat(60_000),
      "line 2, column 70001: has more than 10,000 tags and outputs",
    ],
    [
      `{% liquid ${"echo 1\n".repeat(700)}echo 1 %}`.repeat(15),
      "more than 10,000 tags and outputs",
    ],
    [
      `a{{ a${" | append: a".repeat(1_000)} }}`,
      "line 1, column 2: has a tag or output of more than 5",
    ],
    [`{{ a${" | append: a".repeat(400)} }}`.repeat(50), "of more than 200,000 characters together"],
    [ifs(4_000), "line 1, column 1001: nests tags more than 100 levels deep"],
    ["{{ a ".repeat(80_000), "not closed, line:1, col:1"],
    ["{% " + "a".repeat(4_900) + " %}", "not found, line:1, col:1"],
  ] as const
) {
  Deno.test(`compileContent() refuses ${source.slice(0, 12)}… with the reason ${message}`, () => {
    const [issue, ...others] = refuses({ subject: "Hello", text: source });
    assert.deepEqual(issue?.path, ["content", "text"]);
    assert.ok(issue?.message.includes(message), issue?.message);
    assert.ok((issue?.message.length ?? 0) <= 500);
    assert.deepEqual(others, []);
  });
}

function ifs(levels: number): string {
  return `${"{% if a %}".repeat(levels)}{{ a }}${"{% endif %}".repeat(levels)}`;
}

for (
  const [source, message] of [
    [
      `{% liquid ${"liquid ".repeat(101)}echo 1 %}`,
      "line 1, column 711: nests tags more than 100 levels deep",
    ],
    [named(1_001), "names more than 1,000 variables"],
  ] as const
) {
  Deno.test(`variablesOf() refuses a template that ${message}`, () => {
    const content = { subject: "Hello", text: source };
    const compiled = compileContent(content);
    assert.throws(() => variablesOf(content, compiled), (error) => {
      assert.ok(error instanceof InvalidInputError);
      assert.deepEqual(error.issues, [{ path: ["content", "text"], code: "TEMPLATE", message }]);
      return true;
    });
  });
}

function named(count: number): string {
  return Array.from({ length: count }, (_, n) => `{{ v${n} }}`).join("");
}

Deno.test("variablesOf() accepts a template at its limits", () => {
  const content = { subject: "Hello", text: ifs(100) + named(999) };
  assert.equal(variablesOf(content, compileContent(content)).names.length, 1_000);
});
