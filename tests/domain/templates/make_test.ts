import assert from "node:assert/strict";
import { InvalidInputError } from "../../../src/domain/errors.ts";
import type { ContentSource } from "../../../src/domain/rendering.ts";
import { MainThreadRendering } from "../../../src/domain/templates/main_thread.ts";
import { RenderingPool } from "../../../src/domain/templates/pool.ts";

const PURPOSE = { organizationId: "a" };

const MJML = `<mjml>
  <mj-head>
    <mj-preview>News for {{ name }}</mj-preview>
    <mj-attributes><mj-class name="unused" color="{{ unused }}" /></mj-attributes>
  </mj-head>
  <mj-body>
    <mj-section>
      <mj-column>
        <mj-text color="{{ color }}">Hello {{ name | default: "you" }}, 1 &lt; 2</mj-text>
        <mj-raw>{% if items.size > 1 and name != "<>" %}</mj-raw>
        <mj-button href="https://example.com/?a=1&b={{ name | url_encode }}">Open</mj-button>
        <mj-raw>{% endif %}</mj-raw>
        <mj-image src="https://example.com/a.png" alt="A > B" />
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>`;

function make(source: Omit<ContentSource, "subject">) {
  return new MainThreadRendering().make(PURPOSE, { subject: "Hello", ...source });
}

async function faultsOf(mjml: string): Promise<string[]> {
  try {
    await make({ mjml });
  } catch (error) {
    if (error instanceof InvalidInputError) {
      return error.issues.map(({ path, code, message }) => `${path.join(".")} ${code} ${message}`);
    }
    throw error;
  }
  return [];
}

function inColumn(components: string): string {
  return `<mjml><mj-body><mj-section><mj-column>\n${components}\n</mj-column></mj-section></mj-body></mjml>`;
}

Deno.test("make() compiles MJML with its Liquid tags as they were written", async () => {
  const { content: { html } } = await make({ mjml: MJML });
  assert.match(html ?? "", /^\s*<!doctype html>/i);
  for (
    const kept of [
      'Hello {{ name | default: "you" }}, 1 &lt; 2</div>',
      "color:{{ color }};",
      '{% if items.size > 1 and name != "<>" %}',
      'href="https://example.com/?a=1&b={{ name | url_encode }}"',
      "News for {{ name }}",
    ]
  ) {
    assert.ok(html?.includes(kept), `${kept} is missing in ${html}`);
  }
  assert.doesNotMatch(html ?? "", /fonts\.googleapis/);
  const values = {
    address: "ada@example.com",
    name: "Ada & Max",
    variables: { color: "red", items: [1, 2] },
  };
  const rendered = await new MainThreadRendering().render(
    PURPOSE,
    { subject: "Hello", html },
    values,
  );
  assert.match(rendered.html ?? "", /color:red;/);
  assert.match(rendered.html ?? "", /\?a=1&b=Ada%20%26%20Max|\?a=1&b=Ada\+%26\+Max/);
});

Deno.test("make() makes a text from the HTML, without preview line and layout", async () => {
  const { content: { text }, textMade } = await make({ mjml: MJML });
  assert.equal(textMade, true);
  assert.equal(
    text?.replaceAll(/\n+/g, "\n"),
    [
      'Hello {{ name | default: "you" }}, 1 < 2',
      '{% if items.size > 1 and name != "<>" %}',
      "Open [https://example.com/?a=1&b={{ name | url_encode }}]",
      "{% endif %}",
      "A > B",
    ].join("\n"),
  );
});

for (
  const [html, text] of [
    ["<h1>{{ name }}</h1><p>Two   words<br>and a line</p>", "{{ name }}\n\nTwo words\nand a line"],
    [
      '<ul>{% for x in xs %}<li>{{ x | split: "<b>" }}</li>{% endfor %}</ul>',
      '{% for x in xs %}\n* {{ x | split: "<b>" }}\n{% endfor %}',
    ],
    ['<a href="{{ unsubscribe_url }}">Stop</a>', "Stop [{{ unsubscribe_url }}]"],
    ['<a href="https://example.com">https://example.com</a>', "https://example.com"],
    ["<style>p { color: red }</style><p>liquid0q0q</p>", "liquid0q0q"],
  ] as const
) {
  Deno.test(`make() makes a text from ${html}`, async () => {
    const { content } = await make({ html });
    assert.equal(content.html, html);
    assert.equal(content.text, text);
  });
}

Deno.test("make() keeps a given text, and makes none from HTML without text", async () => {
  assert.deepEqual(await make({ html: "<p>Hello</p>", text: "Hi" }), {
    content: { subject: "Hello", text: "Hi", html: "<p>Hello</p>" },
    textMade: false,
  });
  const { content: { text }, textMade } = await make({ html: '<img src="https://example.com/a">' });
  assert.deepEqual([text, textMade], [null, false]);
});

for (
  const [name, mjml, fault] of [
    ["an unknown element", inColumn("<mj-txt>{{ a }}</mj-txt>"), /^line 2, column 1: .*mj-txt/],
    [
      "an unknown attribute",
      inColumn("{{ a }}<mj-text colour='red'>a</mj-text>").replace("{{ a }}", "  "),
      /^line 2, column 3: attribute colour is illegal/,
    ],
    [
      "a variable in a width",
      inColumn('<mj-image src="a" width="{{ w }}" />'),
      /^line 2, column 1: attribute width has invalid value: {{ w }} for type Unit/,
    ],
    [
      "an element that is not closed",
      inColumn("<mj-text>{{ a }}\n<mj-text>b</mj-text>"),
      /^line 4, column 1: <\/mj-column> closes an element that is not open; <\/mj-text> is expected/,
    ],
    ["an open document", "<mjml><mj-body>", /^line 1, column 7: <mj-body> is not closed/],
    [
      "an element that would read a file",
      inColumn('<mj-text>{{ a }}</mj-text> <mj-include path="/etc/passwd" type="html" />'),
      /^line 2, column 28: <mj-include> is not supported/,
    ],
    [
      "a tag between components",
      inColumn("{% if a %}\n<mj-text>a</mj-text>{% endif %}"),
      /^line 2, column 1: {% if a %} is dropped by MJML, .* put it into <mj-raw>/,
    ],
    ["HTML", "<p>Hello</p>", /^line 1, column 1: /],
    ["a text", "Hello", /^line 1, column 1: /],
  ] as const
) {
  Deno.test(`make() names line and column of ${name}`, async () => {
    const [first = "", ...others] = await faultsOf(mjml);
    assert.ok(first.startsWith("content.html MJML "), first);
    assert.match(first.slice("content.html MJML ".length), fault);
    if (name !== "a tag between components") assert.deepEqual(others, []);
  });
}

Deno.test("the pool makes contents, and ends a compilation that takes too long", async () => {
  const pool = new RenderingPool();
  try {
    const { content } = await pool.make(PURPOSE, { subject: "Hello", mjml: MJML });
    assert.deepEqual(content, (await make({ mjml: MJML })).content);
    // The compiler looks up the line of each element among all lines.
    const slow = inColumn("<mj-text>\n</mj-text>".repeat(200_000));
    await assert.rejects(pool.make(PURPOSE, { subject: "Hello", mjml: slow }), InvalidInputError);
    assert.deepEqual(
      (await pool.make(PURPOSE, { subject: "Hello", html: "<p>Hi</p>" })).content.text,
      "Hi",
    );
  } finally {
    pool.close();
  }
});
