import { Tokenizer, TypeGuards } from "liquidjs";

interface LiquidTag {
  /** The tag as it was written: "{{ name }}". */
  readonly text: string;
  /** Offset in the source. */
  readonly begin: number;
}

/**
 * Text in which each Liquid tag is replaced by a word of letters and digits. Compilers of HTML would otherwise
 * take the quotes and comparisons in the tags for markup, and do not report the tags that they drop.
 */
export class MarkedText {
  readonly text: string;
  readonly #prefix: string;
  readonly #tags: readonly LiquidTag[];

  /** @param source text whose Liquid tags can be tokenized */
  constructor(readonly source: string) {
    this.#prefix = unusedPrefix(source);
    this.#tags = new Tokenizer(source).readTopLevelTokens()
      .filter((token) => !TypeGuards.isHTMLToken(token))
      .map(({ begin, end }) => ({ begin, text: source.slice(begin, end) }));
    const parts: string[] = [];
    let at = 0;
    this.#tags.forEach(({ begin, text }, n) => {
      parts.push(source.slice(at, begin), this.#markOf(n));
      at = begin + text.length;
    });
    this.text = parts.join("") + source.slice(at);
  }

  /** Restores the tags in a text that was made from the marked one. */
  restore(text: string): string {
    return text.replaceAll(this.#marks(), (_, n) => this.#tags[Number(n)]?.text ?? "");
  }

  /** True if a text contains a mark. */
  hasMark(text: string): boolean {
    return this.#marks().test(text);
  }

  /** Tags without a mark in a text that was made from the marked one. */
  missingIn(text: string): LiquidTag[] {
    const kept = new Set(Array.from(text.matchAll(this.#marks()), ([, n]) => Number(n)));
    return this.#tags.filter((_, n) => !kept.has(n));
  }

  /** Converts an offset in the marked text to an offset in the source. */
  sourceOffset(offset: number): number {
    let added = 0;
    for (const [n, { begin, text }] of this.#tags.entries()) {
      if (begin >= offset + added) break;
      added += text.length - this.#markOf(n).length;
    }
    return offset + added;
  }

  #markOf(n: number): string {
    return `${this.#prefix}${n}q`;
  }

  #marks(): RegExp {
    return new RegExp(`${this.#prefix}(\\d+)q`, "g");
  }
}

// Letters only in lower case, because some compilers change the case of names.
function unusedPrefix(source: string): string {
  for (let n = 0;; n++) {
    const prefix = `liquid${n}q`;
    if (!source.includes(prefix)) return prefix;
  }
}
