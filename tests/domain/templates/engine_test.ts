import assert from "node:assert/strict";
import { InvalidInputError } from "../../../src/domain/errors.ts";
import {
  type Content,
  type RenderedContent,
  type RenderingValues,
  TemplateError,
} from "../../../src/domain/rendering.ts";
import {
  compileContent,
  type CompiledContent,
  render as renderWithin,
  variablesOf,
} from "../../../src/domain/templates/engine.ts";
import { TimeLimit } from "../../../src/domain/templates/time_limit.ts";

const ADA = {
  address: "ada@example.net",
  name: "Ada",
  variables: { city: "London", items: [{ title: "One" }, { title: "Two" }], vip: true },
};

function render(compiled: CompiledContent, values: RenderingValues): RenderedContent {
  return renderWithin(compiled, values, new TimeLimit(1_000));
}

function renderText(text: string, recipient: RenderingValues = ADA): string | null {
  return render(compileContent({ subject: "Hello", text }), recipient).text;
}

function refuses(content: Content): InvalidInputError["issues"] {
  try {
    compileContent(content);
  } catch (error) {
    assert.ok(error instanceof InvalidInputError);
    return error.issues;
  }
  assert.fail("compiled");
}

Deno.test("render() renders all parts for one recipient", () => {
  const compiled = compileContent({
    subject: "News from {{ city }}",
    text: "Dear {{ name }},{% for item in items %} {{ item.title }}{% endfor %}",
    html: "<p>{{ address }}</p>",
  });
  assert.deepEqual(render(compiled, ADA), {
    subject: "News from London",
    text: "Dear Ada, One Two",
    html: "<p>ada@example.net</p>",
  });
});

Deno.test("render() returns null for absent parts", () => {
  assert.deepEqual(render(compileContent({ subject: "Hello" }), ADA), {
    subject: "Hello",
    text: null,
    html: null,
  });
});

Deno.test("render() escapes values in HTML only, except with the filter raw", () => {
  const source = "{{ city }}";
  const compiled = compileContent({
    subject: source,
    text: source,
    html: `${source}{{ city | raw }}`,
  });
  const rendered = render(compiled, { ...ADA, variables: { city: "<b>&" } });
  assert.deepEqual(rendered, { subject: "<b>&", text: "<b>&", html: "&lt;b&gt;&amp;<b>&" });
});

Deno.test("render() turns line ends in a subject into spaces", () => {
  const compiled = compileContent({ subject: "Hello {{ city }}\n" });
  const recipient = { ...ADA, variables: { city: "x\r\nBcc: eve@example.org\n\nEve" } };
  assert.equal(render(compiled, recipient).subject, "Hello x Bcc: eve@example.org Eve");
});

Deno.test("render() defines name and address for every recipient", () => {
  const recipient = { ...ADA, name: null, variables: { address: "eve@example.org" } };
  assert.equal(renderText("[{{ name }}] {{ address }}", recipient), "[] ada@example.net");
});

for (
  const [source, variable] of [
    ["{{ missing }}", "missing"],
    ["{{ missing | upcase }}", "missing"],
    ["{{ city | append: missing }}", "missing"],
    ["{% for item in missing %}{% endfor %}", "missing"],
    ["{% if vip %}{% for i in items %}{{ missing }}{% endfor %}{% endif %}", "missing"],
    ["{{ items[0].missing }}", "items.0.missing"],
    ["{{ constructor }}", "constructor"],
    ["{{ city.constructor }}", "city.constructor"],
  ] as const
) {
  Deno.test(`render() names the variable that is missing in ${source}`, () => {
    assert.throws(() => renderText(source), (error) => {
      assert.ok(error instanceof TemplateError);
      assert.deepEqual([error.part, error.variable], ["text", variable]);
      return true;
    });
  });
}

const CUSTOMER = {
  ...ADA,
  variables: {
    customer: { name: "Ada", tags: ["a", 1, true], orders: [{ id: 7 }], toString: "x" },
  },
};

for (
  const [source, name] of [
    ["{{ customer }}", "customer"],
    ["{{ customer | raw }}", "customer"],
    ["{{ customer | upcase }}", "customer"],
    ["{{ customer | default: 'x' }}", "customer"],
    ["{{ customer | plus: 1 }}", "customer"],
    ["{{ 'Dear ' | append: customer }}", "customer"],
    ["{% echo customer %}", "customer"],
    ["{% assign x = customer %}{{ x }}", "customer"],
    ["{% capture x %}{{ customer }}{% endcapture %}", "customer"],
    ["{{ customer.orders }}", "customer.orders[0]"],
    ["{{ customer.orders | join: ', ' }}", "customer.orders[0]"],
    ["{{ customer.orders | group_by: 'id' }}", "group_by[0]"],
    ["{{ customer.orders | group_by_exp: 'order', 'order.id' }}", "group_by_exp[0]"],
    ["{% for order in customer.orders %}{{ order }}{% endfor %}", "customer.orders[0]"],
  ] as const
) {
  Deno.test(`render() names the object that is printed by ${source}`, () => {
    for (const part of ["subject", "text", "html"] as const) {
      const compiled = compileContent({ subject: "Hello", [part]: source });
      assert.throws(() => render(compiled, CUSTOMER), (error) => {
        assert.ok(error instanceof TemplateError);
        assert.ok(error.message.startsWith(`Cannot render ${part}: ${name} is an object;`));
        assert.deepEqual([error.part, error.variable], [part, null]);
        return true;
      });
    }
  });
}

const GROUPED = '7 [{"name":7,"items":[{"id":7}]}]';

for (
  const [source, text] of [
    ["{{ customer.name }} {{ customer['name'] }} {{ customer.orders[0].id }}", "Ada Ada 7"],
    ["{{ customer.tags }} {{ customer.tags | join: '-' }}", "a1true a-1-true"],
    ["{{ customer.orders | json }}", '[{"id":7}]'],
    ["{{ customer.orders | map: 'id' }} {{ customer.orders | where: 'id', 7 | size }}", "7 1"],
    ["{{ customer.orders | sort: 'id' | json }} {{ customer.orders | size }}", '[{"id":7}] 1'],
    ["{% assign g = customer.orders | group_by: 'id' %}{{ g[0].name }} {{ g | json }}", GROUPED],
    ["{% if customer %}yes{% endif %}{% if customer == blank %}no{% endif %}", "yes"],
    ["{% for field in customer %}{{ field[0] }} {% endfor %}", "name tags orders toString "],
  ] as const
) {
  Deno.test(`render() uses objects without printing them in ${source}`, () => {
    assert.equal(renderText(source, CUSTOMER), text);
  });
}

Deno.test("render() accepts missing variables in conditions and before the filter default", () => {
  const source = "{% if missing %}yes{% else %}no{% endif %} {{ missing | default: 'friend' }}";
  assert.equal(renderText(source), "no friend");
});

Deno.test("render() stops templates whose output exceeds the limits", () => {
  const sources = [
    "{% for a in (1..1000) %}{% for b in (1..1000) %}0123456789{% endfor %}{% endfor %}",
    "{% for a in (1..1000000000) %}x{% endfor %}",
    "{% assign x = 'x' %}{% for a in (1..40) %}{% capture x %}{{ x }}{{ x }}{% endcapture %}{% endfor %}",
    "{% for a in (1..99) %}{% capture x %}{% for b in (1..9) %}{{ a | append: '0123456789' }}{% endfor %}" +
    "{% for c in (1..9999) %}0123456789{% endfor %}{% endcapture %}{% endfor %}",
    "{% assign x = '0123456789' %}{% for a in (1..40) %}{% assign x = x | append: x %}{% endfor %}",
  ];
  for (const source of sources) {
    assert.throws(() => renderText(source), TemplateError);
  }
  const long = { ...ADA, variables: { city: "x".repeat(901) } };
  assert.throws(() => render(compileContent({ subject: "{{ city }}" }), long), TemplateError);
});

Deno.test("compileContent() reports every part that does not parse, with line and column", () => {
  const issues = refuses({
    subject: "Hello {{ name ",
    text: "fine",
    html: "<p>\n  {% if name %}</p>",
  });
  assert.deepEqual(issues.map(({ path, code }) => [path, code]), [
    [["content", "subject"], "TEMPLATE"],
    [["content", "html"], "TEMPLATE"],
  ]);
  assert.match(issues[0]?.message ?? "", /not closed, line:1, col:7/);
  assert.match(issues[1]?.message ?? "", /not closed, line:2, col:3/);
});

for (
  const source of [
    "{% include 'header' %}",
    "{% render 'header' %}",
    "{% layout 'page' %}",
    "{% block a %}{% endblock %}",
    "{% unheard_of %}",
    "{{ name | unheard_of }}",
    "x".repeat(1_000_001),
  ]
) {
  Deno.test(`compileContent() refuses ${source.slice(0, 30)}`, () => {
    const [issue, ...others] = refuses({ subject: "Hello", text: source });
    assert.deepEqual(issue?.path, ["content", "text"]);
    assert.deepEqual(others, []);
  });
}

for (
  const [source, names] of [
    ["Hello", []],
    ["{{ name }} {{ address }}", []],
    ["{{ city }} {{ city }} {{ zip }}", ["city", "zip"]],
    ["{{ customer.name }} {{ customer['zip'] }}", ["customer"]],
    ["{{ city | append: zip }}", ["city", "zip"]],
    ["{{ list[index] }}", ["list", "index"]],
    ["{% for item in items %}{{ item }} {{ forloop.index }} {{ city }}{% endfor %}", [
      "items",
      "city",
    ]],
    ["{% assign x = city %}{{ x }}", ["city"]],
    ["{% capture x %}{{ city }}{% endcapture %}{{ x }}", ["city"]],
    // May be missing
    ["{{ city | default: 'town' }}", []],
    ["{{ city | default: fallback }}", ["fallback"]],
    ["{% assign x = city | default: '' %}{{ x }}", []],
    ["{% if city %}{{ zip }}{% endif %}", ["zip"]],
    ["{% if city %}{{ city }}{% endif %}", []],
    ["{% if city == 'x' and zip %}{{ city }} {{ zip }}{% endif %}", []],
    ["{% if city %}a{% elsif zip %}{{ zip }}{% endif %}", []],
    ["{% if city %}a{% else %}{{ city }}{% endif %}", ["city"]],
    ["{% if city %}a{% endif %}{{ city }}", ["city"]],
    ["{% if city %}{% for x in items %}{{ city }}{% endfor %}{% endif %}", ["items"]],
    ["{% if city | append: zip %}{% endif %}", ["zip"]],
    ["{% unless city %}{{ zip }}{% endunless %}", ["zip"]],
    ["{% case city %}{% when 'x' %}{{ zip }}{% endcase %}", ["zip"]],
  ] as const
) {
  Deno.test(`variablesOf() finds ${names.join(", ") || "nothing"} in ${source}`, () => {
    const content = { subject: "Hello", text: source };
    const { required } = variablesOf(content, compileContent(content));
    assert.deepEqual(required.map(({ name }) => name), names);
  });
}

Deno.test("variablesOf() returns part, line and column", () => {
  const content = { subject: "{{ a }}", html: "<p>\n {{ a }} {{ b }}" };
  assert.deepEqual(variablesOf(content, compileContent(content)).required, [
    { part: "subject", name: "a", line: 1, column: 4 },
    { part: "html", name: "a", line: 2, column: 5 },
    { part: "html", name: "b", line: 2, column: 13 },
  ]);
});

Deno.test("variablesOf() lists all variables that render() needs", () => {
  const source = "{% if vip %}{{ vip }}{% endif %}{{ city }}{{ zip | default: '?' }}" +
    "{% for item in items %}{{ item }}{% else %}none{% endfor %}";
  const content = { subject: "Hello", text: source };
  const compiled = compileContent(content);
  const needed = variablesOf(content, compiled).required.map(({ name }) => [name, "x"]);
  assert.doesNotThrow(() => render(compiled, { ...ADA, variables: Object.fromEntries(needed) }));
});

Deno.test("render() ends a template at its limit of CPU time", () => {
  const loop = "{% for a in (1..9999) %}";
  const source = `${loop}${loop}${"{% endfor %}".repeat(2)}`;
  assert.throws(() => renderText(source), {
    message: /Cannot render text: takes more than 1 s of CPU/,
  });
});
