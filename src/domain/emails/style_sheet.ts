// @ts-types="@types/css-tree"
import { type CssNode, generate, type List, parse } from "css-tree";

type Attributes = Readonly<Record<string, string>>;

/** Values of the styles of an element, by property, in lower case. */
export type Style = ReadonlyMap<string, string>;

const MAX_LENGTH = 100_000;
const MAX_INLINE_LENGTH = 2_000;
const MAX_CLASSES = 20;
// Other properties are ignored, which bounds the time per page.
const PROPERTIES = new Set(
  ("background background-color background-image bottom clip clip-path color display font font-size height left " +
    "margin-left max-height max-width mso-hide opacity overflow position right text-indent top transform " +
    "visibility width").split(" "),
);
// Longer selectors depend on other elements.
const SELECTOR = /^(?:\*|[a-z\d]*(?:[.#][\w-]+)?)$/i;
// Rules for other media are ignored, because they do not apply to every reader.
const EVERY_SCREEN = /^(?:only )?(?:all|screen)$/i;

/** Style sheets of an HTML page: their rules for elements, classes and ids (`p`, `.note`, `p.note`, `#note`). */
export class StyleSheet {
  readonly #rules = new Map<string, Style>();
  #length = 0;

  /** Adds the content of an element `style`. After 100,000 characters, and if it cannot be parsed, it is ignored. */
  add(css: string): void {
    this.#length += css.length;
    if (this.#length > MAX_LENGTH) return;
    try {
      const sheet = parse(css, { parseValue: false });
      if (sheet.type === "StyleSheet") this.#addRules(sheet.children);
    } catch {
      // Blocks that are nested too deep.
    }
  }

  /** Returns the style of an element: by its name, its classes, its id and its attribute `style`, in this order. */
  styleOf(name: string, { class: classes = "", id, style = "" }: Attributes): Style {
    const names = this.#rules.size === 0 ? [] : classes.trim().split(/\s+/, MAX_CLASSES);
    const selectors = [...names.flatMap((part) => [`.${part}`, `${name}.${part}`]), `#${id}`];
    const rules = ["*", name, ...selectors].flatMap((key) => [...this.#rules.get(key) ?? []]);
    return new Map([...rules, ...inlineStyle(style)]);
  }

  #addRules(nodes: List<CssNode>): void {
    for (const node of nodes) {
      if (node.type === "Atrule" && node.name === "media" && node.prelude && node.block) {
        if (EVERY_SCREEN.test(generate(node.prelude))) this.#addRules(node.block.children);
      }
      if (node.type !== "Rule") continue;
      const style = node.block.children.toArray().flatMap((part): [string, string][] =>
        part.type === "Declaration" && PROPERTIES.has(part.property.toLowerCase())
          ? [[part.property.toLowerCase(), generate(part.value).toLowerCase().trim()]]
          : []
      );
      for (const selector of generate(node.prelude).split(",").map((text) => text.trim())) {
        if (!SELECTOR.test(selector)) continue;
        this.#rules.set(selector, new Map([...this.#rules.get(selector) ?? [], ...style]));
      }
    }
  }
}

function inlineStyle(style: string): [string, string][] {
  if (style === "") return [];
  const text = style.slice(0, MAX_INLINE_LENGTH).toLowerCase().replaceAll(/\/\*.*?\*\//g, "");
  return text.split(";").map((text) => {
    const [name = "", ...value] = text.split(":");
    return [name.trim(), value.join(":").replace("!important", "").trim()];
  });
}
