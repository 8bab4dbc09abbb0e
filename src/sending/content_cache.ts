import { LRUCache } from "lru-cache";
import type { MailHeaders } from "../channels/channel.ts";
import { NotFoundError } from "../domain/errors.ts";
import { toTypeId } from "../domain/id.ts";
import type { StoredContent } from "../domain/deliveries/take.ts";
import { group } from "../domain/group.ts";
import { senderOf } from "../domain/mailbox.ts";
import type { Message } from "../domain/messages/message.ts";
import { findMessages } from "../domain/messages/find.ts";
import type { Content } from "../domain/rendering.ts";
import type { Services } from "../domain/services.ts";

const MAX_CONTENTS = 100;

/** Content of a message, and the sender and the earlier mails that its mails name. */
export interface MessageContent {
  readonly content: Content;
  readonly headers: MailHeaders;
}

/** Converts the stored content and headers of a message. */
export function messageContent(stored: StoredContent): MessageContent {
  const { subject, text, html, replyTo, references } = stored;
  const from = senderOf(stored);
  return {
    content: { subject, text, html },
    headers: {
      ...from && { from },
      ...replyTo !== null && { replyTo },
      ...references.length > 0 && { references },
    },
  };
}

/** Caches the contents of messages that are being sent, by version: that of a campaign may change meanwhile. */
export class ContentCache {
  readonly #contents = new LRUCache<string, Promise<MessageContent>>({ max: MAX_CONTENTS });

  /** Reads messages; the calls of batches that start together share a statement. */
  readonly #read: (id: string) => Promise<Message | null>;

  constructor(services: Services) {
    this.#read = group(async (ids) => {
      const messages = await findMessages(services.db, ids);
      return ids.map((id) => messages.find((message) => message.id === id) ?? null);
    });
  }

  /**
   * Returns the content of a message: that of the version, or a newer one.
   *
   * @throws {NotFoundError} if the message does not exist
   */
  get(message: Pick<Message, "id" | "organizationId">, version: number): Promise<MessageContent> {
    const key = `${message.id} ${version}`;
    const cached = this.#contents.get(key);
    if (cached) return cached;
    const loading = this.#load(message);
    this.#contents.set(key, loading);
    // Failures are not cached, so that the next call loads the content again.
    loading.catch(() => this.#contents.delete(key));
    return loading;
  }

  async #load(
    { id, organizationId }: Pick<Message, "id" | "organizationId">,
  ): Promise<MessageContent> {
    const message = await this.#read(id);
    if (message?.organizationId !== organizationId) {
      throw new NotFoundError([toTypeId("message", id)]);
    }
    return messageContent(message);
  }
}
