import type { Partition, Quota } from "../domain/jobs/claim.ts";
import type { Lane } from "../domain/jobs/lane.ts";

interface Topic {
  readonly name: string;
}

interface Organization {
  readonly name: string;
  readonly topics: Ring<Topic>;
}

/**
 * Shares the free slots of a lane: round robin between its organizations, and between the topics of
 * each organization. Uses the partitions of the last `replace` or `extend` and does no I/O.
 */
export class FairShare {
  readonly #lanes = new Map<Lane, Ring<Organization>>();

  /** Replaces the partitions of a lane. The round robin continues where it was. */
  replace(lane: Lane, partitions: readonly Partition[]): void {
    const ring = this.#lanes.get(lane) ?? new Ring<Organization>();
    this.#lanes.set(lane, ring);
    const known = new Map(ring.members.map((organization) => [organization.name, organization]));
    const present = Map.groupBy(partitions, ({ organizationId }) => organizationId);
    ring.set(
      [...present].map(([name, ofOrganization]) => {
        const organization = known.get(name) ?? { name, topics: new Ring<Topic>() };
        organization.topics.set(ofOrganization.map(({ topic }) => ({ name: topic })));
        return organization;
      }),
    );
  }

  /** Adds partitions to a lane that has more of them than one scan reads. */
  extend(lane: Lane, partitions: readonly Partition[]): void {
    this.replace(lane, [...this.#partitions(lane), ...partitions]);
  }

  /** Allocates up to `slots` slots of a lane to its partitions. */
  allocate(lane: Lane, slots: number): Quota[] {
    const ring = this.#lanes.get(lane);
    const quotas = new Map<Topic, Quota>();
    for (let slot = 0; slot < slots; slot++) {
      const organization = ring?.next();
      const topic = organization?.topics.next();
      if (!organization || !topic) break;
      const count = (quotas.get(topic)?.count ?? 0) + 1;
      quotas.set(topic, { lane, organizationId: organization.name, topic: topic.name, count });
    }
    return [...quotas.values()];
  }

  /** Removes a partition that has no more jobs. */
  remove({ lane, organizationId, topic }: Partition): void {
    const ring = this.#lanes.get(lane);
    const organization = ring?.members.find(({ name }) => name === organizationId);
    organization?.topics.remove(topic);
    if (organization?.topics.members.length === 0) ring?.remove(organizationId);
  }

  #partitions(lane: Lane): Partition[] {
    const organizations = this.#lanes.get(lane)?.members ?? [];
    return organizations.flatMap(({ name: organizationId, topics }) =>
      topics.members.map(({ name: topic }) => ({ lane, organizationId, topic }))
    );
  }
}

/** Round robin in the order of names, stable while members come and go. */
class Ring<T extends { readonly name: string }> {
  #members: T[] = [];
  #next = 0;
  #last = "";

  get members(): readonly T[] {
    return this.#members;
  }

  next(): T | undefined {
    const member = this.#members[this.#next];
    if (!member) return undefined;
    this.#last = member.name;
    this.#next = (this.#next + 1) % this.#members.length;
    return member;
  }

  set(members: readonly T[]): void {
    this.#members = [...new Map(members.map((member) => [member.name, member])).values()]
      .sort((a, b) => a.name < b.name ? -1 : 1);
    this.#findNext();
  }

  remove(name: string): void {
    this.#members = this.#members.filter((member) => member.name !== name);
    this.#findNext();
  }

  // The next member is the first one after the last that `next` returned.
  #findNext(): void {
    this.#next = Math.max(this.#members.findIndex(({ name }) => name > this.#last), 0);
  }
}
