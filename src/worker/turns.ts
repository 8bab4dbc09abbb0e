import type { Deal, TurnKey } from "../domain/jobs/claim.ts";
import type { Lane } from "../domain/jobs/job.ts";

interface Organization {
  readonly id: string;
  topics: string[];
  next: number;
}

interface Ring {
  organizations: Organization[];
  next: number;
}

/**
 * Deals free slots in turns: inside a lane one organization after the other, inside an organization
 * one topic after the other. Pure memory; who has work is told by `replace`.
 */
export class Turns {
  readonly #rings = new Map<Lane, Ring>();

  /** Sets who has work in a lane. The turn stays where it was. */
  replace(lane: Lane, keys: readonly TurnKey[]): void {
    const before = this.#rings.get(lane);
    const whoseTurn = before?.organizations[before.next]?.id ?? "";
    const organizations = groupByOrganization(keys, before);
    const next = organizations.findIndex(({ id }) => id >= whoseTurn);
    this.#rings.set(lane, { organizations, next: Math.max(next, 0) });
  }

  /** Deals up to `slots` of a lane, one at a time round the ring. */
  deal(lane: Lane, slots: number): Deal[] {
    const ring = this.#rings.get(lane);
    if (!ring) return [];
    const deals = new Map<
      string,
      { lane: Lane; organizationId: string; topic: string; count: number }
    >();
    for (let slot = 0; slot < slots; slot++) {
      const organization = ring.organizations[ring.next];
      const topic = organization?.topics[organization.next];
      if (!organization || topic === undefined) break;
      const key = `${organization.id} ${topic}`;
      const deal = deals.get(key);
      if (deal) deal.count++;
      else deals.set(key, { lane, organizationId: organization.id, topic, count: 1 });
      organization.next = (organization.next + 1) % organization.topics.length;
      ring.next = (ring.next + 1) % ring.organizations.length;
    }
    return [...deals.values()];
  }

  /** Takes out a key that answered with fewer jobs than it was dealt: it has no more. */
  dropOut({ lane, organizationId, topic }: TurnKey): void {
    const ring = this.#rings.get(lane);
    const index = ring?.organizations.findIndex(({ id }) => id === organizationId) ?? -1;
    const organization = ring?.organizations[index];
    if (!ring || !organization) return;
    organization.topics = organization.topics.filter((other) => other !== topic);
    if (organization.next >= organization.topics.length) organization.next = 0;
    if (organization.topics.length > 0) return;
    ring.organizations.splice(index, 1);
    if (index < ring.next) ring.next--;
    if (ring.next >= ring.organizations.length) ring.next = 0;
  }
}

function groupByOrganization(keys: readonly TurnKey[], before: Ring | undefined): Organization[] {
  const organizations = new Map<string, Organization>();
  for (const { organizationId, topic } of keys) {
    const organization = organizations.get(organizationId);
    if (organization) organization.topics.push(topic);
    else organizations.set(organizationId, { id: organizationId, topics: [topic], next: 0 });
  }
  for (const old of before?.organizations ?? []) {
    const organization = organizations.get(old.id);
    if (organization) organization.next = old.next % organization.topics.length;
  }
  return [...organizations.values()].sort((a, b) => a.id < b.id ? -1 : 1);
}
