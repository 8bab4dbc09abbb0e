import type { Content } from "../rendering.ts";

/** Characters of all contents that are kept, because each thread holds a copy. */
const MAX_LENGTH = 20_000_000;
/** Characters that an entry counts in addition to its content. */
const ENTRY_LENGTH = 1_000;

/** Ids of contents: equal contents have the same one while it is kept. */
export class ContentIds {
  readonly #ids = new BoundedMap<string, number>();
  readonly #known = new WeakMap<Content, number>();
  #last = 0;

  /** Returns the id of a content. An id is never used for another content. */
  idOf(content: Content): number {
    const known = this.#known.get(content);
    if (known !== undefined) return known;
    const source = JSON.stringify([content.subject, content.text ?? null, content.html ?? null]);
    const id = this.#ids.get(source) ?? ++this.#last;
    this.#ids.set(source, id, source.length);
    this.#known.set(content, id);
    return id;
  }
}

/** Contents that are defined in a renderer. */
export class KnownContents {
  readonly #known = new BoundedMap<number, true>();

  /**
   * Returns the contents that the renderer must define before it uses `contents`, and the ids of those
   * that it must forget afterwards.
   */
  use(contents: ReadonlyMap<number, Content>): { define: [number, Content][]; forget: number[] } {
    const define = [...contents].filter(([id]) => !this.#known.get(id))
      // Content objects may have other fields, which would be copied between threads.
      .map(([id, { subject, text, html }]): [number, Content] => [id, { subject, text, html }]);
    const dropped = [...contents].flatMap(([id, content]) =>
      this.#known.set(id, true, lengthOf(content))
    );
    // One of `contents` may have been dropped for another one before its own turn.
    return { define, forget: dropped.filter((id) => !this.#known.get(id)) };
  }
}

function lengthOf({ subject, text, html }: Content): number {
  return subject.length + (text?.length ?? 0) + (html?.length ?? 0);
}

/** Map that drops the entries that were used longest ago. */
class BoundedMap<K, V> {
  readonly #entries = new Map<K, { readonly value: V; readonly length: number }>();
  #length = 0;

  get(key: K): V | undefined {
    return this.#entries.get(key)?.value;
  }

  /** Sets an entry as the one used last; returns the keys of those dropped. */
  set(key: K, value: V, length: number): K[] {
    this.#delete(key);
    this.#entries.set(key, { value, length: length + ENTRY_LENGTH });
    this.#length += length + ENTRY_LENGTH;
    const dropped: K[] = [];
    for (const oldest of this.#entries.keys()) {
      if (this.#length <= MAX_LENGTH || oldest === key) return dropped;
      this.#delete(oldest);
      dropped.push(oldest);
    }
    return dropped;
  }

  #delete(key: K): void {
    this.#length -= this.#entries.get(key)?.length ?? 0;
    this.#entries.delete(key);
  }
}
