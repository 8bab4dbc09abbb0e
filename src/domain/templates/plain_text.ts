// @ts-types="@types/html-to-text"
import { compile, type FormatCallback, type SelectorDefinition } from "html-to-text";
import { MarkedText } from "./liquid_marks.ts";

const altOfImage: FormatCallback = ({ attribs }, _walk, builder) => {
  builder.addInline(attribs.alt ?? "");
};

// The formatter of lists would drop the loop around the items.
const listItem: FormatCallback = (item, walk, builder) => {
  builder.openBlock({ leadingLineBreaks: 1 });
  builder.addInline("* ");
  walk(item.children, builder);
  builder.closeBlock({ trailingLineBreaks: 1 });
};

const HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"].map((selector): SelectorDefinition => ({
  selector,
  // Upper case would change the names of variables.
  options: { uppercase: false },
}));

const convert = compile({
  wordwrap: false,
  formatters: { altOfImage, listItem },
  selectors: [
    ...HEADINGS,
    { selector: "a", options: { hideLinkHrefIfSameAsText: true } },
    { selector: "ul", format: "block" },
    { selector: "ol", format: "block" },
    { selector: "li", format: "listItem" },
    { selector: "img", format: "altOfImage" },
    // The preview line of MJML and of most editors.
    { selector: 'div[style*="display:none"]', format: "skip" },
    { selector: 'div[style*="display: none"]', format: "skip" },
  ],
});

/** Converts HTML with Liquid tags to plain text with the same tags; links become `text [address]`. */
export function textOfHtml(html: string): string {
  const marked = new MarkedText(html);
  return marked.restore(convert(marked.text)).trim();
}
