import { Parser } from "htmlparser2";
import { type ElementLook, isReadable, lookOf, PAGE_LOOK } from "./element_look.ts";
import { StyleSheet } from "./style_sheet.ts";

// The parser compares each end tag with all open elements: quadratic in the number of unclosed ones.
const MAX_DEPTH = 500;
const KEPT_ATTRIBUTES = ["href", "alt"];

/**
 * Removes invisible text from an HTML page: comments, and elements with `display: none`, without size, outside the
 * page, or in the color of their background, by their attributes or by the style sheets of the page. Keeps only two
 * kinds of attributes: addresses of links and alternative texts of images. It stops at elements that are nested more
 * than 500 levels deep.
 */
export function visibleHtmlOf(html: string): string {
  const parts: string[] = [];
  const looks: ElementLook[] = [];
  const sheet = new StyleSheet();
  let css = "";
  let inSheet = false;
  const parser = new Parser({
    onopentag(name, attributes) {
      const style = sheet.styleOf(name, attributes);
      const look = lookOf(name, attributes, style, looks.at(-1) ?? PAGE_LOOK);
      inSheet = name === "style";
      if (looks.push(look) > MAX_DEPTH) parser.pause();
      if (look.shown) parts.push(`<${name}${attributesOf(attributes)}>`);
    },
    ontext(text) {
      if (inSheet) css += text;
      else if (isReadable(looks.at(-1) ?? PAGE_LOOK)) parts.push(escaped(text));
    },
    onclosetag(name) {
      if (inSheet) sheet.add(css);
      css = "";
      inSheet = false;
      if (looks.pop()?.shown) parts.push(`</${name}>`);
    },
  });
  parser.end(html);
  return parts.join("");
}

function attributesOf(attributes: Readonly<Record<string, string>>): string {
  return KEPT_ATTRIBUTES
    .flatMap((name) => attributes[name] ? ` ${name}="${escaped(attributes[name])}"` : [])
    .join("");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
