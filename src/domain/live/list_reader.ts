import { isDeepStrictEqual } from "node:util";
import { newId } from "../id.ts";
import { MAX_PAGE_SIZE, type Page, type PageArgs } from "../page.ts";
import type { Services } from "../services.ts";
import { MAX_IDS_PER_CHANGE, type Topic } from "../../events/bus.ts";
import { type Watch, watchTopics } from "../../events/watch.ts";
import { type Caller, organizationsOf } from "../access/access.ts";
import type { ListSubscriber } from "./list_subscriber.ts";

/** Fields that every filter has. */
export interface IdFilter {
  readonly ids?: readonly string[] | null;
}

/** Access to the lists of one noun. */
export interface LiveLists<T, Filter extends IdFilter> {
  readonly topic: Topic;
  idOf(object: T): string;
  /** Reads a page. Its objects must hold all data that clients see, because they are compared. */
  list(
    services: Services,
    caller: Caller,
    filter: Filter | IdFilter,
    page: PageArgs,
  ): Promise<Page<T>>;
}

/** Reads one list for all its subscribers. */
export class ListReader<T, Filter extends IdFilter> {
  readonly #subscribers = new Set<ListSubscriber<T>>();
  readonly #watch: Watch;
  // Objects as they were last sent to all subscribers, by id; null: subscribers have different versions.
  readonly #sent = new Map<string, T | null>();
  // True if the list has more pages, of which clients may have read some.
  #hasMorePages = false;
  // Objects that were created since the first page was last read have greater ids.
  #pageId = newId();

  constructor(
    readonly lists: LiveLists<T, Filter>,
    readonly services: Services,
    readonly caller: Caller,
    readonly filter: Filter,
  ) {
    this.#watch = watchTopics(services.bus, [lists.topic], organizationsOf(caller), {
      onChange: (ids) => ids ? this.#readChanged(ids) : this.#resetAll(),
      onInterval: () => this.#reread(),
    });
  }

  /** Sends the first page, then changes. Rejects if the page cannot be read. */
  join(subscriber: ListSubscriber<T>): Promise<void> {
    this.#subscribers.add(subscriber);
    return this.#watch.exclusively(() => this.#resetOne(subscriber));
  }

  /** Sends the first page again, to a subscriber that reads too slowly. */
  reset(subscriber: ListSubscriber<T>): void {
    this.#watch.attempt(() => this.#resetOne(subscriber));
  }

  /** Removes a subscriber. Returns true if it was the last one, which ends the reader. */
  leave(subscriber: ListSubscriber<T>): boolean {
    this.#subscribers.delete(subscriber);
    if (this.#subscribers.size > 0) return false;
    this.#watch.close();
    return true;
  }

  async #resetOne(subscriber: ListSubscriber<T>): Promise<void> {
    const page = await this.#readPage();
    for (const id of page.keys()) this.#sent.set(id, this.#sent.get(id) ?? null);
    subscriber.reset(page);
  }

  async #resetAll(): Promise<void> {
    const page = await this.#readPage();
    this.#sent.clear();
    for (const [id, object] of page) this.#sent.set(id, object);
    for (const subscriber of this.#subscribers) subscriber.reset(page);
  }

  async #reread(): Promise<void> {
    const page = await this.#readPage();
    const ids = [...new Set([...page.keys(), ...this.#sent.keys()])];
    if (ids.length > MAX_IDS_PER_CHANGE) await this.#resetAll();
    else if (ids.length > 0) await this.#readChanged(ids);
  }

  async #readChanged(ids: readonly string[]): Promise<void> {
    const matching = await this.#read(this.filter, ids);
    const removed = await this.#removed(ids.filter((id) => !matching.has(id)));
    const changed = new Map<string, T>();
    for (const [id, object] of matching) {
      if (!isDeepStrictEqual(object, this.#sent.get(id))) changed.set(id, object);
      this.#sent.set(id, object);
    }
    for (const id of removed) this.#sent.delete(id);
    if (changed.size === 0 && removed.length === 0) return;
    for (const subscriber of this.#subscribers) subscriber.add(changed, removed);
  }

  async #removed(ids: readonly string[]): Promise<string[]> {
    const sent = ids.filter((id) => this.#sent.has(id));
    if (!this.#hasMorePages) return sent;
    // Clients may have read these objects on later pages. They are read without the filter, so that no id
    // is sent that the caller may not see.
    const possible = ids.filter((id) => !this.#sent.has(id) && id < this.#pageId);
    return [...sent, ...(await this.#read({}, possible)).keys()];
  }

  async #readPage(): Promise<Map<string, T>> {
    this.#pageId = newId();
    const page = await this.lists.list(this.services, this.caller, this.filter, {});
    this.#hasMorePages = page.pageInfo.hasNextPage;
    return this.#byId(page);
  }

  async #read(filter: Filter | IdFilter, ids: readonly string[]): Promise<Map<string, T>> {
    const wanted = filter.ids ? ids.filter((id) => filter.ids?.includes(id)) : ids;
    if (wanted.length === 0) return new Map();
    const { services, caller } = this;
    const only = { ...filter, ids: wanted };
    return this.#byId(await this.lists.list(services, caller, only, { first: MAX_PAGE_SIZE }));
  }

  #byId({ edges }: Page<T>): Map<string, T> {
    return new Map(edges.map(({ node }) => [this.lists.idOf(node), node]));
  }
}
