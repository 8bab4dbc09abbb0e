import assert from "node:assert/strict";

Deno.test("templates are rendered in a process without Web Workers", async () => {
  const program = new URL("../../support/programs/no_worker.ts", import.meta.url);
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-NRWES", "--frozen", "--cached-only", program.href],
    stderr: "inherit",
  }).output();
  assert.deepEqual(JSON.parse(new TextDecoder().decode(stdout)), [
    ["name", "plan"],
    { subject: "Hello Ada", text: "pro", html: null },
    "Cannot render subject: undefined variable: missing, line:1, col:4",
    "content.text: line 1, column 70001: has more than 10,000 tags and outputs",
  ]);
});
