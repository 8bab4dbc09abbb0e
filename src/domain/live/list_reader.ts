import { isDeepStrictEqual } from "node:util";
import { newId } from "../id.ts";
import { MAX_PAGE_SIZE, type Page, type PageArgs } from "../page.ts";
import type { Services } from "../services.ts";
import { MAX_IDS_PER_CHANGE, type Topic } from "../../events/bus.ts";
import { type Watch, watchTopic } from "../../events/watch.ts";
import type { Caller } from "../access/access.ts";
import type { ListSubscriber } from "./list_subscriber.ts";

/** What every filter has. */
export interface IdFilter {
  readonly ids?: readonly string[] | null;
}

/** How lists of one noun are read and watched. */
export interface LiveLists<T, Filter extends IdFilter> {
  readonly topic: Topic;
  idOf(object: T): string;
  /** The list; its objects must hold all that clients see of them. */
  list(
    services: Services,
    caller: Caller,
    filter: Filter | IdFilter,
    page: PageArgs,
  ): Promise<Page<T>>;
}

/** Reads one list for all who watch it. */
export class ListReader<T, Filter extends IdFilter> {
  readonly #subscribers = new Set<ListSubscriber<T>>();
  readonly #watch: Watch;
  // What the subscribers have been told; null: not all of them the same.
  readonly #known = new Map<string, T | null>();
  // Their list goes on behind the first page: they may have read more of it.
  #longer = false;
  // What was made since the last first page has greater ids.
  #readId = newId();

  constructor(
    readonly lists: LiveLists<T, Filter>,
    readonly services: Services,
    readonly caller: Caller,
    readonly filter: Filter,
  ) {
    this.#watch = watchTopic(services.bus, lists.topic, caller.organizationId, {
      onChange: (ids) => ids ? this.#readChanged(ids) : this.#resetAll(),
      onInterval: () => this.#reread(),
    });
  }

  /** Tells the first page, and from then on what changes. @throws what reading that page throws */
  join(subscriber: ListSubscriber<T>): Promise<void> {
    this.#subscribers.add(subscriber);
    return this.#watch.exclusively(() => this.#resetOne(subscriber));
  }

  /** Tells the first page anew, to one who could not keep up. */
  reset(subscriber: ListSubscriber<T>): void {
    this.#watch.attempt(() => this.#resetOne(subscriber));
  }

  /** @returns true when it was the last one, and the reader has ended */
  leave(subscriber: ListSubscriber<T>): boolean {
    this.#subscribers.delete(subscriber);
    if (this.#subscribers.size > 0) return false;
    this.#watch.close();
    return true;
  }

  async #resetOne(subscriber: ListSubscriber<T>): Promise<void> {
    const page = await this.#readPage();
    for (const id of page.keys()) this.#known.set(id, this.#known.get(id) ?? null);
    subscriber.reset(page);
  }

  async #resetAll(): Promise<void> {
    const page = await this.#readPage();
    this.#known.clear();
    for (const [id, object] of page) this.#known.set(id, object);
    for (const subscriber of this.#subscribers) subscriber.reset(page);
  }

  async #reread(): Promise<void> {
    const page = await this.#readPage();
    const ids = [...new Set([...page.keys(), ...this.#known.keys()])];
    if (ids.length > MAX_IDS_PER_CHANGE) await this.#resetAll();
    else if (ids.length > 0) await this.#readChanged(ids);
  }

  async #readChanged(ids: readonly string[]): Promise<void> {
    const matching = await this.#read(this.filter, ids);
    const removed = await this.#removed(ids.filter((id) => !matching.has(id)));
    const changed = new Map<string, T>();
    for (const [id, object] of matching) {
      if (!isDeepStrictEqual(object, this.#known.get(id))) changed.set(id, object);
      this.#known.set(id, object);
    }
    for (const id of removed) this.#known.delete(id);
    if (changed.size === 0 && removed.length === 0) return;
    for (const subscriber of this.#subscribers) subscriber.add(changed, removed);
  }

  async #removed(ids: readonly string[]): Promise<string[]> {
    const known = ids.filter((id) => this.#known.has(id));
    if (!this.#longer) return known;
    // They may have these from later pages. Without the filter: whether they may see them at all.
    const maybe = ids.filter((id) => !this.#known.has(id) && id < this.#readId);
    return [...known, ...(await this.#read({}, maybe)).keys()];
  }

  async #readPage(): Promise<Map<string, T>> {
    this.#readId = newId();
    const page = await this.lists.list(this.services, this.caller, this.filter, {});
    this.#longer = page.pageInfo.hasNextPage;
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
