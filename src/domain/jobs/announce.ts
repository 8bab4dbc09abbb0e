import type { Services } from "../services.ts";
import type { ReadyPartition } from "./claim.ts";
import { type Lane, LANES } from "./lane.ts";

/**
 * Wakes the workers of all processes for one new job. They claim it without looking for its partition first,
 * which would cost each of them a round trip. Call it after the commit.
 */
export function announceJob(
  { bus }: Pick<Services, "bus">,
  { lane, organizationId, topic, size }: ReadyPartition,
): void {
  bus.publish("queue", "*", [`${lane} ${organizationId} ${size} ${topic}`]);
}

/** Content of a "queue" event: jobs of a lane can be claimed, perhaps of a partition that is known. */
export interface Announcement {
  readonly lane: Lane;
  readonly partition: ReadyPartition | null;
}

/**
 * Reads an id of a "queue" event: a lane, or the text of `announceJob`.
 *
 * @returns null for a lane that this version does not know
 */
export function readAnnouncement(id: string): Announcement | null {
  const [name, organizationId, size, ...topic] = id.split(" ");
  const lane = LANES.find((lane) => lane === name);
  if (!lane) return null;
  if (organizationId === undefined) return { lane, partition: null };
  return { lane, partition: { lane, organizationId, size: Number(size), topic: topic.join(" ") } };
}
