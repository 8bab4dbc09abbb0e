import type { Deal, TurnKey } from "../domain/jobs/claim.ts";
import type { Lane } from "../domain/jobs/job.ts";

interface Topic {
  readonly name: string;
}

interface Organization {
  readonly name: string;
  readonly topics: Ring<Topic>;
}

/**
 * Deals free slots in turns: inside a lane one organization after the other, inside an organization
 * one topic after the other. Pure memory; who has work is told by `replace`.
 */
export class Turns {
  readonly #lanes = new Map<Lane, Ring<Organization>>();

  /** Sets who has work in a lane. The turn stays where it was. */
  replace(lane: Lane, keys: readonly TurnKey[]): void {
    const ring = this.#lanes.get(lane) ?? new Ring<Organization>();
    this.#lanes.set(lane, ring);
    const known = new Map(ring.members.map((organization) => [organization.name, organization]));
    const present = Map.groupBy(keys, ({ organizationId }) => organizationId);
    ring.set(
      [...present].map(([name, ofOrganization]) => {
        const organization = known.get(name) ?? { name, topics: new Ring<Topic>() };
        organization.topics.set(ofOrganization.map(({ topic }) => ({ name: topic })));
        return organization;
      }),
    );
  }

  /** Adds to those who have work in a lane: it has more of them than were read at once. */
  extend(lane: Lane, keys: readonly TurnKey[]): void {
    this.replace(lane, [...this.#keys(lane), ...keys]);
  }

  /** Deals up to `slots` of a lane, one at a time round the ring. */
  deal(lane: Lane, slots: number): Deal[] {
    const ring = this.#lanes.get(lane);
    const deals = new Map<Topic, Deal>();
    for (let slot = 0; slot < slots; slot++) {
      const organization = ring?.turn();
      const topic = organization?.topics.turn();
      if (!organization || !topic) break;
      const count = (deals.get(topic)?.count ?? 0) + 1;
      deals.set(topic, { lane, organizationId: organization.name, topic: topic.name, count });
    }
    return [...deals.values()];
  }

  /** Takes out a key that answered with fewer jobs than it was dealt: it has no more. */
  dropOut({ lane, organizationId, topic }: TurnKey): void {
    const ring = this.#lanes.get(lane);
    const organization = ring?.members.find(({ name }) => name === organizationId);
    organization?.topics.remove(topic);
    if (organization?.topics.members.length === 0) ring?.remove(organizationId);
  }

  #keys(lane: Lane): TurnKey[] {
    const organizations = this.#lanes.get(lane)?.members ?? [];
    return organizations.flatMap(({ name: organizationId, topics }) =>
      topics.members.map(({ name: topic }) => ({ lane, organizationId, topic }))
    );
  }
}

/** Members take turns in the order of their names, whoever comes and goes meanwhile. */
class Ring<T extends { readonly name: string }> {
  #members: T[] = [];
  #next = 0;
  #last = "";

  get members(): readonly T[] {
    return this.#members;
  }

  /** Whose turn it is; then it is the next one's. */
  turn(): T | undefined {
    const member = this.#members[this.#next];
    if (!member) return undefined;
    this.#last = member.name;
    this.#next = (this.#next + 1) % this.#members.length;
    return member;
  }

  set(members: readonly T[]): void {
    this.#members = [...new Map(members.map((member) => [member.name, member])).values()]
      .sort((a, b) => a.name < b.name ? -1 : 1);
    this.#findTurn();
  }

  remove(name: string): void {
    this.#members = this.#members.filter((member) => member.name !== name);
    this.#findTurn();
  }

  // The turn of the first one behind the last that had it.
  #findTurn(): void {
    this.#next = Math.max(this.#members.findIndex(({ name }) => name > this.#last), 0);
  }
}
