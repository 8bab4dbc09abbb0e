import type { DocumentNode } from "graphql";
import { LRUCache } from "lru-cache";

// A document of this length takes about 200 kB when it is parsed.
const MAX_LENGTH = 5_000;
const MAX_DOCUMENTS = 100;

/**
 * Keeps documents that have been parsed and validated, because clients repeat the same few ones. Long
 * documents, which contain their values instead of variables, are not kept.
 */
export class DocumentCache {
  readonly #documents = new LRUCache<string, DocumentNode>({ max: MAX_DOCUMENTS });
  readonly #valid = new WeakSet<DocumentNode>();

  /** Returns the document of a text, and parses it if it is not kept. */
  get(text: string, parse: () => DocumentNode): DocumentNode {
    const document = this.#documents.get(text) ?? parse();
    if (text.length <= MAX_LENGTH) this.#documents.set(text, document);
    return document;
  }

  /** True if `setValid` was called for the document. */
  isValid(document: DocumentNode): boolean {
    return this.#valid.has(document);
  }

  /** Records that a document conforms to the schema. */
  setValid(document: DocumentNode): void {
    this.#valid.add(document);
  }
}
