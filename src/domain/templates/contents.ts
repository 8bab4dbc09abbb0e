import { LRUCache } from "lru-cache";
import type { Content } from "../rendering.ts";

/** Characters of all contents that are kept, because each thread holds a copy. */
const MAX_LENGTH = 20_000_000;
/** Characters that an entry counts in addition to its content. */
const ENTRY_LENGTH = 1_000;

/** Ids of contents: equal contents have the same one while it is kept. */
export class ContentIds {
  readonly #ids = new LRUCache<string, number>({
    maxSize: MAX_LENGTH,
    sizeCalculation: (_id, source) => source.length + ENTRY_LENGTH,
  });
  readonly #known = new WeakMap<Content, number>();
  #last = 0;

  /** Returns the id of a content. An id is never used for another content. */
  idOf(content: Content): number {
    const known = this.#known.get(content);
    if (known !== undefined) return known;
    const source = JSON.stringify([content.subject, content.text ?? null, content.html ?? null]);
    const id = this.#ids.get(source) ?? ++this.#last;
    this.#ids.set(source, id);
    this.#known.set(content, id);
    return id;
  }
}

/** Contents that are defined in a renderer. */
export class KnownContents {
  #dropped: number[] = [];
  /** Lengths by id. */
  readonly #known = new LRUCache<number, number>({
    maxSize: MAX_LENGTH,
    sizeCalculation: (length) => length + ENTRY_LENGTH,
    dispose: (_length, id, reason) => {
      if (reason === "evict") this.#dropped.push(id);
    },
  });

  /**
   * Returns the contents that the renderer must define before it uses `contents`, and the ids of those
   * that it must forget afterwards.
   */
  use(contents: ReadonlyMap<number, Content>): { define: [number, Content][]; forget: number[] } {
    const define = [...contents].filter(([id]) => !this.#known.has(id))
      // Content objects may have other fields, which would be copied between threads.
      .map(([id, { subject, text, html }]): [number, Content] => [id, { subject, text, html }]);
    this.#dropped = [];
    for (const [id, content] of contents) this.#known.set(id, lengthOf(content));
    // One of `contents` may have been dropped for another one before its own turn.
    return { define, forget: this.#dropped.filter((id) => !this.#known.has(id)) };
  }
}

function lengthOf({ subject, text, html }: Content): number {
  return subject.length + (text?.length ?? 0) + (html?.length ?? 0);
}
