import assert from "node:assert/strict";
import { visibleTextOf, withoutInvisible } from "../../../src/domain/emails/visible_text.ts";

for (
  const [name, html] of [
    ["display: none", `<div style="color:red; DISPLAY : none !important">hidden</div>`],
    ["visibility", `<p style="visibility:hidden">hidden <b>hidden</b></p>`],
    ["the attribute hidden", `<p hidden>hidden</p>`],
    ["font-size: 0", `<span style="font-size:0px">hidden</span>`],
    ["a font of one pixel", `<span style="font:1px/1px Arial">hidden</span>`],
    ["white on white", `<span style="color:#FFF">hidden</span>`],
    ["almost white on white", `<font color="#fdfdfd">hidden</font>`],
    [
      "the color of a cell",
      `<table bgcolor="#003366"><tr><td style="color:rgb(0, 51, 102)">hidden</td></tr></table>`,
    ],
    ["no opacity", `<div style="opacity:0">hidden</div>`],
    ["transparent text", `<div style="color:rgba(0,0,0,0)">hidden</div>`],
    ["a place outside of the page", `<div style="position:absolute;left:-9999px">hidden</div>`],
    ["an indent outside of the page", `<div style="text-indent:-9999px">hidden</div>`],
    ["no height", `<div style="max-height:0;overflow:hidden">hidden</div>`],
    ["mso-hide", `<div style="mso-hide:all">hidden</div>`],
    ["comments", `<!-- hidden --><!--[if mso]><p>hidden</p><![endif]-->`],
    ["the head", `<head><title>hidden</title><style>hidden</style></head>`],
    ["scripts and templates", `<script>"<p>hidden</p>"</script><template>hidden</template>`],
    ["an element within a hidden one", `<div hidden><p style="display:block">hidden</p></div>`],
    ["a class", `<style>/* a */ .x, p.y { Display: NONE }</style><b class="a x">hidden</b>`],
    ["an id", `<style>@media screen { #x { font-size: 0 } }</style><b id="x">hidden</b>`],
    ["a rule for elements", `<style>td { color: #fff; background: white }</style><td>hidden</td>`],
    ["an attribute", `<img src="x" title="hidden"><p data-x="hidden" aria-label="hidden"></p>`],
  ] as const
) {
  Deno.test(`visibleTextOf() removes text that is hidden by ${name}`, () => {
    assert.equal(
      visibleTextOf(`<p>before</p>${html}<p>after</p>`).replace(/\s+/g, " "),
      "before after",
    );
  });
}

Deno.test("visibleTextOf() keeps text that its reader sees", () => {
  for (
    const html of [
      `<td style="background:#036 url(x.png)"><span style="color:#003366">seen</span></td>`,
      `<td bgcolor="navy" style="color:white">seen</td>`,
      `<div style="font-size:0"><p style="font-size:14px">seen</p></div>`,
      `<div style="visibility:hidden"><p style="visibility:visible">seen</p></div>`,
      `<div style="color:white"><p style="background-color:black">seen</p></div>`,
      `<div style="max-height:0">seen</div>`,
      `<style>@media (max-width: 600px) { .x { display: none } }</style><p class="x">seen</p>`,
      `<style>.x { display: none } @media broken {{{</style><p class="y">seen</p>`,
      `<style>.x { background: #036 }</style><p class="x" style="color:white">seen</p>`,
      `<b>se</b>en`,
      `<p>seen`,
    ]
  ) assert.equal(visibleTextOf(html), "seen", html);
});

Deno.test("visibleTextOf() shows the whole address of links, the text of pictures, lists and quotes", () => {
  const html =
    `<h1>Offer</h1><p>See <a href="https://evil.example/?a=1&amp;b=2">our &lt;bank&gt;</a>
    and <a href="https://example.com">https://example.com</a>.</p><ul><li>One</li><li>Two</li></ul>
    <img src="https://example.com/a.png" alt="A coat"><blockquote>Which color?</blockquote>`;
  assert.equal(
    visibleTextOf(html),
    `Offer

See our <bank> [https://evil.example/?a=1&b=2] and https://example.com.

 * One
 * Two

A coat

> Which color?`,
  );
});

Deno.test("withoutInvisible() removes characters without width, but no joiners of words and pictures", () => {
  assert.equal(
    withoutInvisible("pass\u200bword\u{e0041}\u{e0042}\u202e\u00ad \u200c\u00a0\u200c"),
    "password \u00a0",
  );
  assert.equal(withoutInvisible("می\u200cخواهم 👩\u200d💻 🏴"), "می\u200cخواهم 👩\u200d💻 🏴");
});

for (
  const [name, page] of [
    ["elements that are not closed", "<b>".repeat(200_000) + "</i>".repeat(200_000)],
    ["comments in a style", `<p style="${"/*".repeat(500_000)}"></p>`],
    ["nested blocks", `<style>${"@media all{".repeat(9_000)}</style>`],
    [
      "rules and classes",
      `<style>${".a{color:red}".repeat(7_000)}</style>` + '<b class="a">'.repeat(490),
    ],
    [
      "declarations and elements",
      `<style>b{${Array.from({ length: 9_000 }, (_, n) => `p${n}:x`).join(";")}}</style>` +
      "<b></b>".repeat(100_000),
    ],
    ["colors", `<p style="background:${"a ".repeat(500)}"></p>`.repeat(900)],
  ] as const
) {
  Deno.test(`visibleTextOf() takes bounded time for a page of ${name}`, () => {
    assert.equal(visibleTextOf(`seen${page}`), "seen");
  });
}
