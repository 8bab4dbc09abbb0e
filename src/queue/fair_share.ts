import type { Partition, Quota, ReadyPartition } from "../domain/jobs/claim.ts";
import { type Lane, SLOT_SIZE } from "../domain/jobs/lane.ts";

interface Topic {
  readonly name: string;
  /** Size of its next job, when it was read. */
  readonly size: number;
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
  replace(lane: Lane, partitions: readonly ReadyPartition[]): void {
    const ring = this.#lanes.get(lane) ?? new Ring<Organization>();
    this.#lanes.set(lane, ring);
    const known = new Map(ring.members.map((organization) => [organization.name, organization]));
    const present = Map.groupBy(partitions, ({ organizationId }) => organizationId);
    ring.set(
      [...present].map(([name, ofOrganization]) => {
        const organization = known.get(name) ?? { name, topics: new Ring<Topic>() };
        organization.topics.set(ofOrganization.map(({ topic, size }) => ({ name: topic, size })));
        return organization;
      }),
    );
  }

  /** Adds partitions to a lane that has more of them than one scan reads. */
  extend(lane: Lane, partitions: readonly ReadyPartition[]): void {
    this.replace(lane, [...this.#partitions(lane), ...partitions]);
  }

  /**
   * Allocates free slots of a lane to its partitions, one slot per turn. The last turn gets what is left of a
   * slot, and may claim a job that needs more: a lane of many small jobs never has a whole slot free.
   *
   * @param free free part of the slots, in percent of a slot
   * @param limit maximum number of jobs
   */
  allocate(lane: Lane, free: number, limit: number): Quota[] {
    const ring = this.#lanes.get(lane);
    const quotas = new Map<Topic, Quota>();
    let jobs = 0;
    for (let left = free; left > 0 && jobs < limit; left -= SLOT_SIZE) {
      const organization = ring?.next();
      const topic = organization?.topics.next();
      if (!organization || !topic) break;
      const turn = Math.min(left, SLOT_SIZE);
      const expected = Math.min(Math.ceil(turn / topic.size), limit - jobs);
      jobs += expected;
      const { size, count } = quotas.get(topic) ?? { size: 0, count: 0 };
      quotas.set(topic, {
        lane,
        organizationId: organization.name,
        topic: topic.name,
        size: size + turn,
        count: count + expected,
      });
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

  #partitions(lane: Lane): ReadyPartition[] {
    const organizations = this.#lanes.get(lane)?.members ?? [];
    return organizations.flatMap(({ name: organizationId, topics }) =>
      topics.members.map(({ name: topic, size }) => ({ lane, organizationId, topic, size }))
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
