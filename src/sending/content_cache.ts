import { NotFoundError } from "../domain/errors.ts";
import { toTypeId } from "../domain/id.ts";
import { group } from "../domain/group.ts";
import type { Message } from "../domain/messages/message.ts";
import { findMessages } from "../domain/messages/find.ts";
import type { Content } from "../domain/rendering.ts";
import type { Services } from "../domain/services.ts";

const MAX_CONTENTS = 100;

/**
 * Caches the contents of messages that are being sent. The content of a message does not change
 * once it has batches.
 */
export class ContentCache {
  readonly #contents = new Map<string, Promise<Content>>();

  /** Reads messages; the calls of batches that start together share a statement. */
  readonly #read: (id: string) => Promise<Message | null>;

  constructor(services: Services) {
    this.#read = group(async (ids) => {
      const messages = await findMessages(services.db, ids);
      return ids.map((id) => messages.find((message) => message.id === id) ?? null);
    });
  }

  /**
   * Returns the content of a message.
   *
   * @throws {NotFoundError} if the message does not exist
   */
  get(message: Pick<Message, "id" | "organizationId">): Promise<Content> {
    const cached = this.#contents.get(message.id);
    if (cached) return cached;
    const loading = this.#load(message);
    this.#contents.set(message.id, loading);
    // Failures are not cached, so that the next call loads the content again.
    loading.catch(() => this.#contents.delete(message.id));
    const [oldest] = this.#contents.keys();
    if (this.#contents.size > MAX_CONTENTS && oldest) this.#contents.delete(oldest);
    return loading;
  }

  async #load({ id, organizationId }: Pick<Message, "id" | "organizationId">): Promise<Content> {
    const message = await this.#read(id);
    if (message?.organizationId !== organizationId) {
      throw new NotFoundError([toTypeId("message", id)]);
    }
    const { subject, text, html } = message;
    return { subject, text, html };
  }
}
