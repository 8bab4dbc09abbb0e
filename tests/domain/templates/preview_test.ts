import assert from "node:assert/strict";
import {
  previewContent as preview,
  type PreviewInput,
} from "../../../src/domain/templates/preview.ts";
import { issuesOf } from "../../support/issues.ts";
import { nested } from "../../support/nesting.ts";

const previewContent = (input: PreviewInput) => preview({}, { organizationId: "" }, input);

const content = {
  subject: "Hello {{ name }}",
  text: "{{ plan }}{% if trial %}, on trial{% endif %}",
  html: "<p>{{ plan }}</p>",
};

Deno.test("previewContent() renders a content as it would be sent", async () => {
  const recipient = { address: "ada@example.com", name: "Ada", variables: { plan: "<pro>" } };
  assert.deepEqual(await previewContent({ content, recipient }), {
    subject: "Hello Ada",
    text: "<pro>",
    html: "<p>&lt;pro&gt;</p>",
    variables: [
      { name: "name", known: true },
      { name: "plan", known: true },
      { name: "trial", known: false },
    ],
  });
});

Deno.test("previewContent() renders a missing variable as its name in braces", async () => {
  const { subject, text, html, variables } = await previewContent({
    content,
    variables: { trial: 1 },
  });
  assert.deepEqual([subject, text, html], [
    "Hello {{ name }}",
    "{{ plan }}, on trial",
    "<p>{{ plan }}</p>",
  ]);
  assert.deepEqual(variables.filter(({ known }) => known), [{ name: "trial", known: true }]);
});

Deno.test("previewContent() accepts `name` among the variables", async () => {
  assert.equal(
    (await previewContent({ content, variables: { name: "Ada" } })).subject,
    "Hello Ada",
  );
});

Deno.test("previewContent() renders a sample of the unsubscribe link", async () => {
  const text = "Away: {{ unsubscribe_url }}";
  const recipient = { address: "ada@example.com" };
  const preview = await previewContent({ content: { ...content, text }, recipient });
  assert.equal(preview.text, "Away: https://example.com/unsubscribe/sample");
});

Deno.test("previewContent() refuses what sendMessage() would refuse", async () => {
  const refused: [PreviewInput, string[]][] = [
    [{ content: { subject: "" } }, ["content.subject REQUIRED"]],
    [{ content: { subject: "a\nb" } }, ["content.subject HEADER_INJECTION"]],
    [{ content: { subject: "{{ name | nosuch }}" } }, ["content.subject TEMPLATE"]],
    [{ content: { subject: "x", html: "{% for" } }, ["content.html TEMPLATE"]],
    [{ content: { subject: "{{ user.name }}" }, variables: { user: {} } }, [
      "content.subject TEMPLATE",
    ]],
    [{ content, variables: { plan: nested(33) } }, ["variables.plan TOO_DEEP"]],
    [{ content, variables: { name: { first: "Ada" } } }, ["variables.name MALFORMED"]],
    [{ content, variables: { plan: { name: "pro" } } }, ["content.text TEMPLATE"]],
    [{ content, recipient: { address: "a@example.com", variables: { plan: nested(6_000) } } }, [
      "recipient.variables.plan TOO_DEEP",
    ]],
    [{ content, variables: {}, recipient: { address: "ada@example.com" } }, [
      "variables EXCLUSIVE",
    ]],
  ];
  for (const [input, issues] of refused) {
    assert.deepEqual(await issuesOf(() => previewContent(input)), issues);
  }
});
