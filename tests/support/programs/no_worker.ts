// Renders in a process that has no Web Workers, like a host without them.
Reflect.deleteProperty(globalThis, "Worker");
const { openRendering } = await import("../../../src/domain/templates/pool.ts");

const rendering = openRendering();
const purpose = { organizationId: "a" };
const content = { subject: "Hello {{ name }}", text: "{{ plan }}" };
const values = { address: "ada@example.com", name: "Ada", variables: { plan: "pro" } };
const results = await Promise.allSettled([
  rendering.check(purpose, content).then(({ names }) => names),
  rendering.render(purpose, content, values),
  rendering.render(purpose, { subject: "{{ missing }}" }, values),
  rendering.check(purpose, { subject: "x", text: "{{ a }}".repeat(60_000) }),
]);
rendering.close();
// deno-lint-ignore no-console
console.log(JSON.stringify(
  results.map((result) =>
    result.status === "fulfilled" ? result.value : String(result.reason.message)
  ),
));
